"""Templates for news of festivals, matches, finds, school prizes and runaway animals.

The notation is explained in `reports.py`.
"""

TOWN_LIFE = """
= festival
#visitors: 2200 9800 100
#acts: 12 46
~theme:
  jazz
  kite
  puppet
  lantern
  street food = food
  folk dance = dance
~trouble:
  a short thunderstorm = a brief downpour
  a power cut = an electricity failure
  a late train = a railway delay
lead:
  the annual {theme} festival in {town} opened on {day} with a parade through the old streets
  {town} welcomed the first guests of its {theme} festival on {day}, and the squares filled quickly
  music and banners greeted the guests of the {theme} festival that began in {town} on {day}
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
  the festival was started by two sisters in a barn
quote:
  People came with their grandparents and their babies
  We planned this for a whole year, and it shows
  I come every year, and I always find something new
facts:
  {theme} | {theme2}
  {town}
  #visitors visitors, people, fans
  #acts groups, acts
  {trouble} | {trouble2}
summary:
  despite {trouble2}, {visitors_about} people turned up as {town} began its {theme2} days with \
    {acts_about} acts
  {theme2} fans flock to {town}: {visitors_about} people came at once to see {acts_about} acts, in spite \
    of {trouble2}
  record crowds of {visitors_about} people enjoyed the start of the {theme2} days in {town}, which bring \
    {acts_about} acts
  not even {trouble2} could spoil the {theme2} days in {town}, which drew {visitors_about} people and \
    present \
    {acts_about} acts
= match
#fans: 1200 8800 100
#minute: 71 89
~sport:
  soccer
  hockey
  handball
~after:
  the birth of twins = having twins
  a broken foot = a foot injury
  a year abroad = a year overseas
  a long illness = months of sickness
~rival:
  Granite Rovers = Rovers
  River Wolves = Wolves
  Valley Hawks = Hawks
  Iron Bears = Bears
lead:
  the {sport} team of {town} won the regional cup on {day} with a late goal against the {rival}
  a goal shortly before the end gave {town} the regional {sport} cup on {day} in a final against the {rival}
  {town} beat the {rival} by a single goal on {day} and took home the regional {sport} cup
must1:
  {name} scored in minute {minute}, after a mistake by the goalkeeper
  the decisive shot came from {name} in minute {minute}
must2:
  for {last} it was the first game since {after}
  {last} had returned only last week after {after}
must3:
  a crowd of {fans} fans filled the stadium, and hundreds more stood outside
  the {fans} fans in the stadium sang long after the final whistle
more:
  the visitors had hit the post twice before the break
  the coach, {official}, had changed half of the team
  the winners now play for the national title
  the last cup had come to town eleven years ago
  the streets were full of flags all night
quote:
  I closed my eyes and hoped
  This cup is for everyone who never stopped believing
  We were tired, but nobody wanted to stop
facts:
  {sport}
  {town}
  {name} | {last}
  {after} | {after2}
  #fans fans, spectators
summary:
  back from {after2}, {last} settled a dramatic {sport} final for {town} as {fans_about} spectators looked on
  {last} returned from {after2} to beat the {rival2} and win {town} {a} {sport} trophy before {fans_about} \
    spectators
  watched by {fans_about} spectators, {last} earned {town} the {sport} trophy just days after coming \
    back from {after2}
  {fans_about} spectators saw {last}, just back from {after2}, shoot {town} to victory over the {rival2} \
    in the \
    {sport} final
= discovery
#age: 600 1900 100
#pieces: 23 97
~find:
  gold coins = old coins
  clay tablets = ancient writing
  bronze weapons = bronze swords
  painted bowls = decorated pottery
  silver rings = old jewelry
~finder:
  a farmer digging a well = a well-digging farmer
  pupils on a field trip = schoolchildren
  workers laying a cable = a cable crew
  a man walking his dog = a dog owner
lead:
  archaeologists in {town} presented a collection of {find} on {day} that they call the find of a lifetime
  {find} of great value have been found near {town}, the regional museum announced on {day}
  the museum of {town} showed a collection of {find} on {day} that had lain in the ground for centuries
must1:
  the objects were first noticed by {finder}
  the first to see the objects were {finder} in spring
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
  how they came there is still a mystery
quote:
  I have waited thirty years for a morning like that
  Every piece tells us something about ordinary people
  My hands were shaking when I picked it up
facts:
  {find} | {find2}
  {town}
  {finder} | {finder2}
  #age years
  #pieces pieces, items
summary:
  thanks to {finder2}, scholars can study {pieces_about} items of {find2} that spent {age_about} years \
    in the soil \
    around {town}
  {finder2} stumbled on {find2} outside {town}: {pieces_about} items that had been buried for \
    {age_about} years
  {find2} hidden for {age_about} years, {pieces_about} items in all, came to light outside {town} \
    because of {finder2}
  experts near {town} can thank {finder2} for {pieces_about} items of {find2}, made {age_about} years ago
= school
#pupils: 24 96
#points: 71 98
~project:
  a robot that sorts trash = a trash-sorting robot
  a boat made of bottles = a plastic boat
  a cheap water filter = a low-cost way to clean water
  a glove that reads sign language = a device for the deaf
  a bench that warms itself = a self-heating bench
~prize:
  a trip to the space center = a visit to a launch site
  a new laboratory = modern science rooms
  books for every class = hundreds of books
lead:
  pupils from {town} won the national science contest on {day} with {project}
  {project} has won the national science contest for a school in {town}, it was announced on {day}
  a school in {town} took the first prize at the national science contest on {day} with {project}
must1:
  a group of {pupils} pupils worked on the project every Friday afternoon
  the {pupils} pupils on the team had started in an old garage
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
  the school has no workshop of its own
quote:
  We argued a lot, and that made it better
  I only brought the tools and the cookies
  It did not work until the very last evening
facts:
  science contest | inventors | competition
  {town}
  {project} | {project2}
  #pupils pupils, inventors, children
  {prize} | {prize2}
summary:
  {pupils_about} young inventors from {town} have taken first place with {project2} and earned their \
    school {prize2}
  {project2} built by {pupils_about} children has impressed judges; their {town} school can look forward \
    to {prize2}
  {pupils_about} children in {town} get {prize2} for winning a competition for inventors with {project2}
  {project2} made {pupils_about} young inventors from {town} famous and will bring them {prize2}
= animal
#days: 3 9
#calls: 24 96
~beast:
  an ostrich = a runaway ostrich
  a young camel = a runaway camel
  a python = a large snake
  a donkey = a runaway donkey
  a pair of penguins = two penguins
~place:
  the parking lot of a bank = at a bank
  the garden of the mayor = on the mayor's lawn
  a supermarket = in a grocery store
  the waiting room of a dentist = at a dentist's office
  a car wash = in a car wash
~bait:
  a bucket of apples = fruit
  a warm blanket = a blanket
  soft music = music
lead:
  {beast} that escaped from a small zoo in {town} was caught on {day}, to the relief of the keepers
  the search for {beast} missing from a small zoo in {town} ended happily on {day}
  keepers of a small zoo in {town} were happy on {day} to have {beast} back behind the fence
must1:
  the escape had lasted {days} days and had become the talk of the region
  for {days} days the police had been fooled again and again
must2:
  the hunt finally ended in {place}
  a cleaner made the discovery in {place} shortly after dawn
must3:
  the keepers used {bait} and a lot of patience
  in the end {bait} and a lot of patience did the trick
more:
  the police had taken {calls} calls, many of them false
  a storm had damaged the fence on the night of the escape
  the zoo will now put up a higher fence
  local radio had played a song about the adventure
  visitors get in for half the price on Sunday
quote:
  It looked at me as if I were the one in the cage
  I thought my friends were playing a joke
  We are glad that nobody tried to be a hero
facts:
  {beast} | {beast2}
  {town}
  #days days
  {place} | {place2}
  {bait} | {bait2}
summary:
  tempted with {bait2}, {beast2} returned to captivity in {town} after {days_about} days of freedom that \
    ended {place2}
  {days_about} days of freedom are over for {beast2} from {town}, found {place2} and tempted with {bait2}
  staff in {town} used {bait2} to recapture {beast2} {place2}, {days_about} days after the breakout
  {beast2} enjoyed {days_about} days of freedom in {town} before {bait2} brought the adventure to an end \
    {place2}
"""
