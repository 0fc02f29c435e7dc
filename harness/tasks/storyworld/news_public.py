"""Templates for news of elections, strikes, openings, firms and public health.

The notation is explained in `reports.py`.
"""

PUBLIC_AFFAIRS = """
= election
#margin: 110 890 10
#turnout: 52 78
~job:
  a retired teacher = former teacher
  a local farmer = farmer
  a hospital nurse = nurse
  the owner of a bicycle shop = shop owner
  a train driver = railway worker
~promise:
  repair the old water pipes = mend leaking pipes
  bring back the night bus = restart late buses
  build a new playground = give children a place to play
  lower the parking fees = make parking cheaper
  open the library on Sundays = give readers longer hours
lead:
  {name}, {job}, was elected mayor of {town} on {day} after a close and noisy campaign
  the voters of {town} chose {name}, {job}, as their next mayor on {day}
  after a long evening of counting, {name}, {job}, became the new mayor of {town} on {day}
must1:
  {last} won by {margin} votes over {official}, who had led the town for two terms
  in the final count {last} was {margin} votes ahead of {official}, the current mayor
must2:
  {last} has promised to {promise} within a year
  the first thing to do is to {promise}, {last} told a crowd outside the town hall
must3:
  in all {turnout} percent of the voters took part, more than in any local election of the last decade
  turnout reached {turnout} percent despite the rain
more:
  the losing side asked for no recount
  the new mayor takes office at the beginning of next month
  both camps had spent weeks knocking on doors
  the campaign had turned bitter after a television debate
  the town has to save money in the coming years
quote:
  This evening belongs to everyone who stood in line
  Now the real work begins, and it begins tomorrow
  We want to see results, not speeches
facts:
  {name} | {last}
  {town}
  mayor | town hall
  #margin votes, ballots
  {promise} | {promise2}
summary:
  {job2} {last} won the {town} town hall by {margin_about} ballots and wants to {promise2}
  a pledge to {promise2} helped {job2} {last} into the {town} town hall with {margin_about} ballots to spare
  with {margin_about} ballots to spare, {job2} {last} takes over as {town} mayor and plans to {promise2}
  {town} gets a new mayor: {job2} {last} beat the incumbent by {margin_about} ballots and intends to \
    {promise2}
= strike
#workers: 130 920 10
#percent: 4 9
~trade:
  bus drivers = bus crews
  nurses = hospital staff
  garbage collectors = sanitation workers
  teachers = school staff
  postal workers = mail carriers
~demand:
  shorter night shifts = less work at night
  safer equipment = better protection at work
  two more days off = extra holidays
lead:
  {trade} in {town} stopped work on {day} after talks over pay broke down in the night
  a strike by {trade} brought much of {town} to a halt on {day}
  after months of fruitless talks {trade} in {town} went on strike on {day}
must1:
  the union said that {workers} workers had joined the action
  about {workers} workers marched to the town hall with drums and whistles
must2:
  they are asking for {percent} percent more money
  the union wants wages to rise by {percent} percent
must3:
  the other demand is {demand}
  besides pay, the dispute is about {demand}
more:
  the employers called the demands impossible
  a first offer had been rejected last month
  families had been warned two days earlier
  new talks are planned for the beginning of the week
  an emergency service was kept up for urgent cases
quote:
  We love this work, but love does not pay the rent
  Both sides will have to move a little
  My patience is not endless, but I understand them
facts:
  {trade} | {trade2}
  {town}
  #workers workers, people, {trade2}, {trade}
  #percent percent
  {demand} | {demand2}
summary:
  {workers_about} {trade2} have walked out in {town}, seeking a raise of {percent_about} percent and {demand2}
  services stalled in {town} as {workers_about} {trade2} walked out for {demand2} and {a} {percent_about} \
    percent raise
  demanding {demand2} and {a} {percent_about} percent raise, {trade2} in {town} walked out, \
    {workers_about} people in all
  a walkout by {workers_about} {trade2} disrupts {town}; at issue are {a} {percent_about} percent raise \
    and {demand2}
= opening
#cost: 3 48
#years: 3 9
~thing:
  public library = library
  swimming pool = indoor pool
  footbridge = bridge for walkers
  bus station = transport hub
  science museum = museum
  concert hall = music hall
~feature:
  a garden on the roof = a rooftop garden
  a wall of solar panels = solar power
  a room for deaf visitors = space for the deaf
  a cafe run by pupils = a student cafe
lead:
  {town} opened its new {thing} on {day} with speeches, a brass band and a very large cake
  after a long wait the new {thing} of {town} was opened to the public on {day}
  hundreds of people came on {day} to see the new {thing} in the heart of {town}
must1:
  the project cost {cost} million dollars, paid by the town and by private gifts
  a sum of {cost} million dollars went into the project, a little more than planned
must2:
  builders needed {years} years, two of them spent arguing over the site
  it took {years} years from the first sketch to the last screw
must3:
  the part that most guests wanted to see was {feature}
  among its surprises is {feature}, an idea that came from children
more:
  the architect, {name}, grew up a few streets away
  the mayor, {official}, cut a blue ribbon
  guided tours are offered every hour until the end of the month
  critics had called the plans too bold for a small town
  on the first weekend entry is free
quote:
  I wanted a place where nobody has to buy anything
  My grandchildren will still be using this
  It was worth every argument
facts:
  {thing} | {thing2}
  {town}
  #cost million
  #years years
  {feature} | {feature2}
summary:
  {town} finally has a modern {thing2} with {feature2}, finished for {cost_about} million after \
    {years_about} years
  {years_about} years and {cost_about} million later, the people of {town} can enjoy a modern {thing2} \
    with {feature2}
  a modern {thing2} with {feature2} is ready in {town}, {years_about} years after planning started and for \
    {cost_about} million
  at a price of {cost_about} million, {town} has given itself {a} {thing2} whose highlight is {feature2}
= company
#jobs: 120 880 10
#sales: 12 48
~product:
  bicycles = bike
  chocolate = chocolate
  hearing aids = hearing-aid
  garden tools = tool
  wooden toys = toy
~reason:
  orders from abroad = strong demand overseas
  a new online shop = its success on the internet
  the closing of a rival = the end of a competitor
lead:
  a maker of {product} in {town} said on {day} that it will build a second factory beside the river
  the largest producer of {product} in {town} announced plans on {day} for a second factory
  {town} will get a second factory for {product}, the owners said on {day}
must1:
  the company expects to hire {jobs} people over the next two years
  in all {jobs} people will find work there, according to the plan
must2:
  its director, {name}, gave {reason} as the main reason
  the step became necessary through {reason}, said its director, {name}
must3:
  sales grew by {sales} percent last year, the best result since the company was founded
  the company reported a rise in sales of {sales} percent
more:
  the town has offered the land at a low price
  some neighbors worry about noise and trucks
  the company began in a shed with two machines
  training for the first group starts in autumn
  the old factory will not be closed
quote:
  We could have gone abroad, but our people are here
  This is the best news for the town in many years
  Quality takes time, and now we have room for it
facts:
  {product} | {product2}
  {town}
  #jobs people, jobs
  {reason} | {reason2}
  #sales percent
summary:
  helped by {reason2}, {a} {product2} company in {town} expands and creates {jobs_about} jobs
  {jobs_about} jobs are coming to {town}, where {a} {product2} company expands because of {reason2}
  expansion at {a} {product2} company promises {town} {jobs_about} jobs; {reason2} lifted revenue \
    {sales_about} percent
  revenue up {sales_about} percent, {jobs_about} jobs to come: {a} {town} {product2} company owes its \
    growth to \
    {reason2}
= clinic
#shots: 1200 8600 100
#share: 62 94
~illness:
  measles
  flu
  whooping cough
~means:
  a bus with a doctor on board = a doctor in a bus
  evening hours in schools = late opening in classrooms
  home visits by nurses = nurses who knocked on doors
  free rides to the clinic = transport at no cost
lead:
  health officials in {town} declared the outbreak of {illness} over on {day}, after a long and tiring spring
  the outbreak of {illness} in {town} has ended, health officials said on {day}
  after three weeks without a new case of {illness}, officials in {town} lifted the last limits on {day}
must1:
  nurses gave {shots} vaccinations in six weeks
  a total of {shots} vaccinations were given, twice as many as planned
must2:
  what made the difference was {means}, said {name}, who led the campaign
  the success is owed to {means}, according to {name}, who led the campaign
must3:
  now {share} percent of all children are protected
  the share of protected children has reached {share} percent
more:
  two schools had been closed for a month
  other towns have asked for advice
  leaflets had been printed in seven languages
  the hospital had run out of beds in April
quote:
  We went where the people are
  I have never drunk so much cold coffee
  Parents had questions, and we took the time to answer them
facts:
  {illness}
  {town}
  #shots vaccinations, shots
  {means} | {means2}
  #share percent
summary:
  {town} has beaten {illness}: {means2} and {shots_about} shots made {share_about} percent of youngsters \
    immune
  thanks to {means2} and {shots_about} shots, {town} stopped {illness} and made {share_about} percent of \
    youngsters \
    immune
  {illness} is no longer a threat in {town}, where {means2} made it possible to give {shots_about} shots
  {share_about} percent of youngsters in {town} are immune to {illness} after {shots_about} shots and {means2}
"""
