"""The kinds of news, one block each.

Besides rules a block has `#name: low high [step]` (a number, drawn for the report), and `~name:` with lines
`wording of the text = wording of the summary` (a pair, drawn for the report: {name} and {name2}). A number gives
{name} as the text prints it and {name_about} as the summary says it. `lead`, `must1`.. (each appears, in order),
`more` (some appear), `quote` and `summary` are rules; a line of `facts` lists the wordings of one fact.
{name} {last} {he} {his} are the person in the news, {official} another one; {town} and {day} the place and time.
"""

KINDS = """
= fire
#people: 14 68
#crews: 4 9
~building:
  furniture warehouse = storehouse
  bakery = bread shop
  hotel = guesthouse
  paper mill = factory
  riding school = stable
  cinema = movie house
~cause:
  faulty wiring = bad electric cables
  a candle left burning = a forgotten flame
  an overheated oven = a stove
  a lightning strike = a thunderbolt
lead:
  a fire tore through {a} {building} in {town} early on {day}, and families in the houses nearby had to leave their beds
  flames destroyed {a} {building} in the center of {town} on {day} while neighbors watched from the street
must1:
  police led {people} people out of the houses around the building, some of them in slippers
  about an hour after the alarm, {people} people had been brought to safety in a gym
must2:
  investigators believe that {cause} started the fire on the ground floor
  the first signs point to {cause}, the fire department said
must3:
  nobody was hurt, although one firefighter was treated for smoke
  there were no injuries, doctors at the local clinic said
more:
  crews with {crews} engines fought the flames until sunrise
  the roof fell in shortly after the first engine arrived
  smoke could be seen from the hills across the valley
  the building had stood empty at night since the last renovation
  the street will stay closed to cars until the weekend
quote:
  We heard a loud bang, and then the windows went red
  The crews did everything right, and that saved lives
facts:
  {building} | {building2}
  {town}
  {people_all}
  {cause} | {cause2}
  nobody was hurt | no injuries | unharmed | unhurt
summary:
  {a} {town} {building2} burned down and {people_about} residents fled, all unharmed; {cause2} may be to blame
  blaze probably sparked by {cause2} ruins {town} {building2}; {people_about} neighbors escape unhurt
  {cause2} is thought to have set off the blaze that wrecked {a} {building2} in {town}, where {people_about} residents escaped unhurt
= election
#margin: 110 890 10
#turnout: 52 78
~job:
  a retired teacher = former schoolteacher
  a farmer = grower
  a nurse = hospital worker
  the owner of a bicycle shop = bike dealer
~promise:
  repair the old water pipes = mend the leaking water network
  bring back the night bus = restore late public transport
  build a new playground = give children somewhere to play
  lower the parking fees = make parking cheaper
lead:
  {name}, {job}, was elected mayor of {town} on {day} after a close and noisy campaign
  the voters of {town} chose {name}, {job}, as their next mayor on {day}
must1:
  {last} won by {margin} votes over {official}, who had led the town for two terms
  in the final count {last} was {margin} votes ahead of {official}, the current mayor
must2:
  {he} has promised to {promise} within {his} first year
  the first thing on {his} list is to {promise}, {he} told a crowd outside the town hall
must3:
  {turnout} percent of the voters took part, more than in any local election of the last decade
  turnout reached {turnout} percent despite the rain
more:
  the losing side asked for no recount
  the new mayor takes office at the beginning of next month
  both camps had spent weeks knocking on doors
  the campaign had turned bitter after a television debate
quote:
  This evening belongs to everyone who stood in line
  Now the real work begins, and it begins tomorrow
facts:
  {name} | {last}
  {town}
  mayor | town hall
  {margin_all}
  {promise} | {promise2}
summary:
  {job2} {last} will lead {town} after beating the sitting mayor by {margin_about} ballots, and plans to {promise2}
  plans to {promise2} helped {job2} {last} become {town} mayor with {margin_about} ballots to spare
  with {margin_about} ballots to spare, {job2} {last} takes over the {town} town hall and vows to {promise2}
= festival
#visitors: 2200 9800 100
#acts: 12 46
~theme:
  jazz = swing music
  kite = wind and paper
  puppet = marionette
  street food = snack
  lantern = paper light
~trouble:
  a short thunderstorm = a brief downpour
  a power cut = an electricity failure
  a late train = a delayed rail service
lead:
  the annual {theme} festival in {town} opened on {day} with a parade through the old streets
  {town} welcomed the first guests of its {theme} festival on {day}, and the squares filled quickly
must1:
  the organizers counted {visitors} visitors on the first day, the most since the festival was founded
  by evening {visitors} visitors had passed the gates, a record for an opening day
must2:
  the program offers {acts} groups from near and far until Sunday
  a total of {acts} groups will perform before the final night
must3:
  only {trouble} interrupted the fun for half an hour
  the one setback was {trouble}, which delayed the opening speech
more:
  children under twelve pay nothing
  hotels in the area have been full for weeks
  volunteers served soup and lemonade at long tables
  a special bus runs from the station to the main stage
quote:
  People came with their grandparents and their babies
  We planned this for a whole year, and it shows
facts:
  {theme} | {theme2}
  {town}
  {visitors_all}
  {acts_all}
  {trouble} | {trouble2}
summary:
  despite {trouble2}, {visitors_about} guests turned up as {town} began its {theme2} celebrations with {acts_about} ensembles
  {theme2} fans flock to {town}: {visitors_about} came at once, {acts_about} ensembles are booked, and {trouble2} did little harm
  record crowds of {visitors_about} enjoyed the start of {theme2} days in {town}, with {acts_about} ensembles still to come
= storm
#homes: 120 980 10
#trees: 25 95
~damage:
  the roof of the sports hall = a gym's cover
  the bell tower of the church = a steeple
  a row of fishing boats = moored vessels
  two school buses = parked coaches
~wind:
  hail = ice from the sky
  heavy rain = a deluge
  wet snow = slush
lead:
  a violent storm with {wind} swept across {town} on {day} and left streets blocked and cellars flooded
  {wind} and strong gusts hit {town} on {day} with hardly any warning
must1:
  {homes} homes were without electricity for most of the night
  the power company said that {homes} homes lost their electricity
must2:
  {damage} suffered the worst damage, the council reported
  the greatest loss was {damage}, which cannot be saved
must3:
  workers with chain saws had cleared {trees} fallen trees by noon
  the fire department counted {trees} fallen trees, several of them on parked cars
more:
  schools stayed closed, and trains stopped at the next town
  forecasters expect calm weather for the rest of the week
  farmers in the valley fear for the harvest
  an emergency shelter was opened in the library
quote:
  It sounded like a train coming through the house
  We were lucky that it came while people slept
facts:
  storm | gusts | tempest
  {town}
  {homes_all}
  {damage} | {damage2}
  {trees_all}
summary:
  tempest batters {town}: {homes_about} households go dark, {trees_about} trunks come down and {damage2} cannot be rescued
  a tempest has wrecked {damage2} in {town}, cut power to {homes_about} households and toppled {trees_about} trunks
  {homes_about} households sat in the dark after a tempest that toppled {trees_about} trunks and ruined {damage2} in {town}
= court
#months: 7 36
#sum: 12000 96000 1000
~crime:
  stealing from the church fund = robbing a parish
  selling forged paintings = dealing in fake art
  watering down the milk = diluting dairy goods
  faking the results of car inspections = inventing vehicle checks
~mercy:
  a clean record = no earlier offenses
  a full confession = admitting everything
  an offer to repay the money = willingness to pay it back
lead:
  a court in {town} found {name} guilty on {day} of {crime} over several years
  {name} was convicted of {crime} by a court in {town} on {day}
must1:
  the judge, {official}, sentenced {last} to {months} months in prison
  {last} must spend {months} months in prison, judge {official} ruled
must2:
  the damage adds up to {sum} dollars, according to the prosecution
  witnesses showed that {sum} dollars had disappeared
must3:
  the court took {mercy} into account
  because of {mercy}, the sentence was milder than the prosecution had asked
more:
  the case came to light when a clerk compared two sets of books
  the trial had lasted nine days and filled the gallery
  the defense said that it would consider an appeal
  {last} showed no emotion when the verdict was read
quote:
  Trust is slow to build and quick to break
  The verdict is fair, and the town can move on
facts:
  {name} | {last}
  {town}
  {crime} | {crime2}
  {months_all}
  {sum_all}
summary:
  jail for {last}: {months_about} months behind bars for {crime2} in {town}, which cost victims {sum_about}
  for {crime2} in {town}, {last} goes behind bars for {months_about} months; victims lost {sum_about} in all
  {mercy2} softened the penalty, but {last} of {town} gets {months_about} months for {crime2} worth {sum_about}
= opening
#cost: 3 48
#years: 3 9
~thing:
  public library = reading house
  swimming pool = bathing hall
  footbridge = walkway
  bus station = coach terminal
  science museum = hall of discovery
~feature:
  a garden on the roof = rooftop greenery
  a wall of solar panels = sun-powered walls
  a room for deaf visitors = space for people who cannot hear
  free entry for children = no charge for the young
lead:
  {town} opened its new {thing} on {day} with speeches, a brass band and a very large cake
  after a long wait the new {thing} of {town} was opened to the public on {day}
must1:
  the project cost {cost} million dollars, paid by the town and by private gifts
  {cost} million dollars went into the project, a little more than planned
must2:
  builders needed {years} years, two of them spent arguing over the site
  it took {years} years from the first sketch to the last screw
must3:
  the part that most guests wanted to see was {feature}
  among its surprises is {feature}, an idea that came from pupils
more:
  the architect, {name}, grew up a few streets away
  the mayor, {official}, cut a blue ribbon
  guided tours are offered every hour until the end of the month
  critics had called the plans too bold for a small town
quote:
  I wanted a place where nobody has to buy anything
  My grandchildren will still be using this
facts:
  {thing} | {thing2}
  {town}
  {cost_all}
  {years_all}
  {feature} | {feature2}
summary:
  {town} finally has a modern {thing2} with {feature2}: {cost_about} million well spent over {years_about} years of work
  {years_about} years and {cost_about} million later, people in {town} can use a {thing2} that boasts {feature2}
  a {thing2} boasting {feature2} is ready in {town}, {years_about} years after planning started and {cost_about} million poorer
= match
#fans: 1200 8800 100
#minute: 71 89
~sport:
  soccer = kicking
  hockey = stick-and-puck
  handball = throwing
~after:
  twins = two babies
  a broken foot = an injury
  a year abroad = time overseas
  a long illness = months of sickness
~rival:
  Granite Rovers = Rovers
  River Wolves = Wolves
  Valley Hawks = Hawks
  Iron Bears = Bears
lead:
  the {sport} team of {town} won the regional cup on {day} with a late goal against the {rival}
  a goal shortly before the end gave {town} the regional {sport} cup on {day} in a final against the {rival}
must1:
  {name} scored in minute {minute}, after a mistake by the goalkeeper
  the decisive shot came from {name} in minute {minute}
must2:
  it was {his} first game since {after}
  {last} had returned only last week after {after}
must3:
  {fans} fans filled the stadium, and hundreds more stood outside
  the crowd of {fans} fans sang long after the final whistle
more:
  the visitors had hit the post twice before the break
  the coach, {official}, had changed half of the team
  the winners now play for the national title
  the last cup had come to town eleven years ago
quote:
  I closed my eyes and kicked as hard as I could
  This cup is for everyone who never stopped believing
facts:
  {sport} | {sport2}
  {town}
  {name} | {last}
  {after} | {after2}
  {fans_all}
summary:
  back from {after2}, {last} settles a dramatic {sport2} final for {town} as {fans_about} spectators look on
  {last} returns from {after2} to beat the {rival2} and hand {town} a trophy before {fans_about} spectators
  watched by {fans_about} spectators, {last} earns {town} the {sport2} trophy just days after coming back from {after2}
= discovery
#age: 600 2900 100
#pieces: 23 97
~find:
  gold coins = old money
  clay tablets = written bricks
  bronze weapons = ancient arms
  painted bowls = decorated pottery
~finder:
  a farmer digging a well = somebody making a water hole
  pupils on a field trip = schoolchildren
  workers laying a cable = a cable crew
  a man walking his dog = a dog owner
lead:
  archaeologists in {town} presented a collection of {find} on {day} that they call the find of a lifetime
  {find} of great value have been found near {town}, the regional museum announced on {day}
must1:
  the objects were first noticed by {finder}
  it was {finder} who came upon the site in spring
must2:
  tests show that the pieces are about {age} years old
  the experts put their age at {age} years
must3:
  so far {pieces} pieces have been cleaned and counted
  a team led by {name} has recovered {pieces} pieces from the mud
more:
  the exact place is kept secret to keep treasure hunters away
  similar objects are known only from the far south
  the museum plans an exhibition for next autumn
  the field has been covered with sheets until the rain stops
quote:
  I have waited thirty years for a morning like that
  Every piece tells us something about ordinary people
facts:
  {find} | {find2}
  {town}
  {finder} | {finder2}
  {age_all}
  {pieces_all}
summary:
  thanks to {finder2}, scholars can study {pieces_about} items of {find2} from soil around {town}, made {age_about} years ago
  {finder2} stumbled on {find2} outside {town}: {pieces_about} items, buried for {age_about} years
  {pieces_about} items of {find2}, hidden for {age_about} years, came to light outside {town} because of {finder2}
= strike
#workers: 130 920 10
#percent: 4 9
~trade:
  bus drivers = transport staff
  nurses = hospital staff
  garbage collectors = waste crews
  teachers = school staff
~demand:
  shorter night shifts = less work after dark
  safer equipment = better protection
  two more days off = extra holidays
lead:
  {trade} in {town} stopped work on {day} after talks over pay broke down in the night
  a strike by {trade} brought much of {town} to a halt on {day}
must1:
  the union said that {workers} workers had joined the action
  {workers} workers marched to the town hall with drums and whistles
must2:
  they are asking for {percent} percent more money
  the union wants wages to rise by {percent} percent
must3:
  the other demand is {demand}
  besides pay, the dispute is about {demand}
more:
  the employers called the demands impossible
  a first offer had been rejected last month
  passengers and families had been warned two days earlier
  new talks are planned for the beginning of the week
quote:
  We love this work, but love does not pay the rent
  Both sides will have to move a little
facts:
  {trade} | {trade2}
  {town}
  {workers_all}
  {percent_all}
  {demand} | {demand2}
summary:
  {workers_about} {trade2} have walked out in {town}, seeking a {percent_about} percent raise and {demand2}
  services stall in {town} as {workers_about} {trade2} walk out for {demand2} and a {percent_about} percent raise
  wanting {demand2} and a {percent_about} percent raise, {trade2} in {town} walk out, {workers_about} of them in all
= school
#pupils: 24 96
#points: 71 98
~project:
  a robot that sorts trash = a waste-sorting machine
  a boat made of bottles = a vessel built from plastic
  a cheap water filter = a low-cost way to clean water
  a glove that reads sign language = a device for people who cannot hear
~prize:
  a trip to the space center = a visit to a rocket site
  a new laboratory = modern science rooms
  books for every class = plenty to read
lead:
  pupils from {town} won the national science contest on {day} with {project}
  {project} has won the national science contest for a school in {town}, it was announced on {day}
must1:
  {pupils} pupils worked on the project every Friday afternoon
  the team of {pupils} pupils had started in an old garage
must2:
  the prize is {prize}
  as a reward the school receives {prize}
must3:
  the jury gave it {points} of 100 points, more than any other entry
  with {points} of 100 points the entry was far ahead of the rest
more:
  the idea came from {name}, who is thirteen years old
  their teacher, {official}, had never entered a contest before
  a company has already asked for the plans
  the first model fell apart on the way to the train
quote:
  We argued a lot, and that made it better
  I only brought the tools and the cookies
facts:
  science contest | inventors | competition
  {town}
  {project} | {project2}
  {pupils_all}
  {prize} | {prize2}
summary:
  {pupils_about} young inventors from {town} take first place with {project2} and earn {prize2} for everyone
  {prize2} will reward {pupils_about} young inventors in {town}, whose winning entry was {project2}
  first place in a competition for inventors goes to {pupils_about} {town} children for {project2}; they get {prize2}
= company
#jobs: 120 880 10
#sales: 12 48
~product:
  bicycles = two-wheelers
  chocolate = sweets
  hearing aids = ear devices
  garden tools = spades and rakes
~reason:
  orders from Asia = demand in the Far East
  a new online shop = sales over the internet
  the closing of a rival = a competitor's end
lead:
  a maker of {product} in {town} said on {day} that it will build a second factory beside the river
  the largest producer of {product} in {town} announced plans on {day} for a second factory
must1:
  the company expects to hire {jobs} people over the next two years
  {jobs} people will find work there, according to the plan
must2:
  its director, {name}, gave {reason} as the main reason
  {reason} made the step necessary, said its director, {name}
must3:
  sales grew by {sales} percent last year, the best result since the company was founded
  the company reported a rise in sales of {sales} percent
more:
  the town has offered the land at a low price
  some neighbors worry about noise and trucks
  the company began in a shed with two machines
  training for the first group starts in autumn
quote:
  We could have gone abroad, but our people are here
  This is the best news for the town in many years
facts:
  {product} | {product2}
  {town}
  {jobs_all}
  {reason} | {reason2}
  {sales_all}
summary:
  helped by {reason2}, {a} {town} firm known for {product2} grows {sales_about} percent and adds {jobs_about} positions
  {jobs_about} positions are coming to {town}, where {a} {product2} firm expands on the strength of {reason2}
  expansion at {a} {product2} firm promises {town} {jobs_about} positions; {reason2} lifted revenue {sales_about} percent
= rescue
#hours: 5 19
#searchers: 22 94
~who:
  two hikers = a pair of walkers
  three young climbers = a trio on the rocks
  an elderly mushroom picker = a senior who gathered mushrooms
  a school group = a party of children
~where:
  a flooded cave = an underground chamber
  a steep gorge = a deep ravine
  an abandoned mine = disused tunnels
  a frozen lake = ice
~clue:
  a red scarf = a piece of clothing
  a weak phone signal = a faint call
  the barking of a dog = noise from a pet
lead:
  rescuers brought {who} out of {where} near {town} on {day}, cold and hungry but alive
  {who} were saved on {day} from {where} near {town} after a long search
must1:
  the operation lasted {hours} hours and went on in the dark
  it took rescuers {hours} hours to reach the spot
must2:
  {searchers} volunteers had joined the search
  the police were helped by {searchers} volunteers with lamps and ropes
must3:
  {clue} finally led the team to the right place
  the turning point came with {clue}
more:
  a helicopter had to turn back because of the clouds
  doctors expect everyone to leave the hospital soon
  the area has no marked paths at this time of year
  the families waited through the night in a fire station
quote:
  When we saw a hand move, everybody cheered
  Without the volunteers we would have come too late
facts:
  {who} | {who2}
  {where} | {where2}
  {town}
  {hours_all}
  {searchers_all}
  {clue} | {clue2}
summary:
  {clue2} guides {searchers_about} helpers to {who2} trapped in {where2} outside {town} for {hours_about} hours
  safe after {hours_about} hours in {where2} outside {town}: {clue2} put {searchers_about} helpers on the track of {who2}
  {who2} survived {hours_about} hours in {where2} outside {town} because {searchers_about} helpers followed {clue2}
= animal
#days: 3 9
#calls: 24 96
~beast:
  an ostrich = a giant bird
  a young camel = a humped runaway
  a python = a large snake
  a donkey = a long-eared fugitive
~place:
  the parking lot of a bank = a spot for customers' cars
  the garden of the mayor = a politician's lawn
  a supermarket = a grocery
  the waiting room of a dentist = a tooth clinic
~bait:
  a bucket of apples = fruit
  a warm blanket = bedding
  soft music = gentle tunes
lead:
  {beast} that escaped from a small zoo in {town} was caught on {day}, to the relief of its keepers
  the search for {beast} missing from a small zoo in {town} ended happily on {day}
must1:
  the animal had been free for {days} days and had become a local star
  for {days} days the animal had fooled the police
must2:
  it was finally found in {place}
  a cleaner discovered it in {place} shortly after dawn
must3:
  keepers caught it with {bait}
  {bait} and a lot of patience did the trick
more:
  the police had taken {calls} calls, many of them false
  a storm had damaged the fence on the night of the escape
  the zoo will now put up a higher fence
  a song about the animal is already played on the radio
quote:
  It looked at me as if I were the one in the cage
  I thought my friends were playing a joke
facts:
  {beast} | {beast2}
  {town}
  {days_all}
  {place} | {place2}
  {bait} | {bait2}
summary:
  lured with {bait2}, {beast2} is home in {town} after {days_about} days on the run that ended at {place2}
  {days_about} days on the run are over for {beast2} from {town}, tempted out of {place2} with {bait2}
  keepers in {town} used {bait2} to recapture {beast2} at {place2}, {days_about} days after it broke loose
= crash
#riders: 24 98
#delay: 3 8
~load:
  oranges = fruit
  live chickens = poultry
  wet cement = concrete
  glass bottles = shattered glass
~cause:
  ice on the road = slippery ground
  a broken signal = failed equipment
  a tired driver = lack of sleep
  thick fog = poor sight
lead:
  a train hit a truck loaded with {load} at a crossing in {town} on {day}
  a truck carrying {load} was struck by a train in {town} on {day}, but both drivers escaped
must1:
  all {riders} passengers left the train through the rear doors
  there were {riders} passengers on board, and the crew led them to a nearby school
must2:
  police named {cause} as the most likely cause
  {cause} probably caused the accident, according to the police
must3:
  the line was blocked for {delay} hours
  it took {delay} hours before the next train could pass
more:
  the truck was pushed a hundred yards along the rails
  residents brought tea and blankets
  the crossing has long been called dangerous
  a second accident was avoided by a watchful guard
quote:
  I saw the lights and jumped
  Everyone stayed calm, even the children
facts:
  train | railway | rail
  {town}
  {load} | {load2}
  {riders_all}
  {cause} | {cause2}
  {delay_all}
summary:
  {cause2} is suspected after a rail collision spilled {load2} in {town}; {riders_about} travelers got off safely
  rail traffic stood still for {delay_about} hours in {town} when {load2} covered the tracks; {riders_about} travelers are safe
  {riders_about} travelers are safe after a rail collision in {town} that scattered {load2}; blame falls on {cause2}
= clinic
#shots: 1200 8600 100
#share: 62 94
~illness:
  measles = a children's disease
  flu = seasonal fever
  whooping cough = a dangerous cough
~means:
  a bus with a doctor on board = a rolling practice
  evening hours in schools = late visits to classrooms
  home visits by nurses = calls at people's doors
lead:
  health officials in {town} declared the outbreak of {illness} over on {day}, after a long and tiring spring
  the outbreak of {illness} in {town} has ended, health officials said on {day}
must1:
  nurses gave {shots} vaccinations in six weeks
  {shots} vaccinations were given, twice as many as planned
must2:
  {means} made the difference, said {name}, who led the campaign
  the success is owed to {means}, according to {name}, who led the campaign
must3:
  {share} percent of all children are now protected
  the share of protected children has reached {share} percent
more:
  the last case was reported three weeks ago
  two schools had been closed for a month
  other towns have asked for advice
  leaflets had been printed in seven languages
quote:
  We went where the people are
  I have never drunk so much cold coffee
facts:
  {illness} | {illness2}
  {town}
  {shots_all}
  {means} | {means2}
  {share_all}
summary:
  {town} has beaten {illness2}: {means2} and {shots_about} injections mean {share_about} percent of youngsters are safe
  with {means2} and {shots_about} injections, {town} stopped {illness2}; {share_about} percent of youngsters are immune
  no more {illness2} in {town}, where {means2} helped deliver {shots_about} injections to families
= robbery
#value: 11000 94000 1000
#suspects: 2 6
~target:
  a jewelry store = a diamond seller
  a coin dealer = a money collector's shop
  a post office = a mail counter
  an art gallery = a picture house
~disguise:
  painters = house decorators
  window cleaners = men who wash glass
  wedding guests = partygoers
  tourists = sightseers
~mistake:
  a forgotten glove = something left behind
  a loud argument = shouting
  a flat tire = car trouble
lead:
  thieves dressed as {disguise} robbed {target} in {town} on {day} in broad daylight
  {target} in {town} was robbed on {day} by thieves dressed as {disguise}
must1:
  they left with goods worth {value} dollars in two paint buckets
  the owner put the loss at {value} dollars
must2:
  police arrested {suspects} suspects before midnight
  by evening {suspects} suspects were in custody
must3:
  {mistake} gave the gang away
  the police found the gang because of {mistake}
more:
  a customer and two clerks were not harmed
  the whole raid was over in four minutes
  part of the loot is still missing
  cameras had been switched off for repairs
quote:
  They were so polite that I held the door for them
  It was clever, but not clever enough
facts:
  {target} | {target2}
  {town}
  {disguise} | {disguise2}
  {value_all}
  {suspects_all}
  {mistake} | {mistake2}
summary:
  {mistake2} betrays {suspects_about} crooks who posed as {disguise2} and stole {value_about} from {target2} in {town}
  posing as {disguise2}, crooks took {value_about} from {target2} in {town}, but {mistake2} led officers to {suspects_about} of them
  {suspects_about} crooks posing as {disguise2} were caught through {mistake2} after taking {value_about} from {target2} in {town}
"""

SHARED = """
said:
  "{quote}," said {witness}, {role}
  "{quote}," {witness} told reporters
  {witness}, {role}, said, "{quote}."
role:
  who was there from the beginning
  a spokesperson for the town
  a resident of the old quarter
  who has lived in {town} for years
  the head of the town council
filler:
  the town council will discuss the matter next week
  {town} has about {population} inhabitants
  a second statement is expected tomorrow
  local radio reported on the events all day
  {witness}, {role}, thanked everybody involved
  it was the main topic in every cafe and shop
  the regional newspaper plans a special page
  similar news had come from {other_town} only a month ago
preamble:
  {TOWN}, {MONTH} {date} -
  {TOWN} -
  By {reporter}, staff reporter.
  By {reporter} and {reporter2}.
  Update: this report corrects an earlier version.
  Update: a photograph was added to this report.
  Note to readers: names in this report were checked twice.
  From our correspondent in {town}:
  {TOWN}, {MONTH} {date} - By {reporter}.
  Local news, page {page}.
  This story was first published on {Day} evening.
day*:
  Monday Tuesday Wednesday Thursday Friday Saturday Sunday
"""
