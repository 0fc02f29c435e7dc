"""Templates for news of fires, storms, crashes and rescues. The notation is explained in `reports.py`."""

EMERGENCIES = """
= fire
#people: 14 68
#crews: 4 9
~building:
  a furniture warehouse = a warehouse
  an old bakery = a bakery
  an empty hotel = a disused hotel
  a paper mill = a mill
  a riding stable = stables
  a cinema = a movie theater
  a printing shop = a print works
~cause:
  faulty wiring = an electrical fault
  a candle left burning = an unattended candle
  an overheated oven = an oven that got too hot
  a lightning strike = lightning
  a cigarette thrown into a bin = a smoldering cigarette
lead:
  a fire destroyed {building} in {town} early on {day}, and families in the houses nearby had to leave \
    their beds
  flames tore through {building} in the center of {town} on {day} while neighbors watched from the street
  firefighters in {town} could not save {building} that burned to the ground on {day}
must1:
  police led {people} people out of the houses around the site, some of them in slippers
  about an hour after the alarm, {people} people had been brought to safety in a gym
  as a precaution {people} people were taken out of the houses next door
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
  the building had been renovated only last year
  the street will stay closed to cars until the weekend
  water had to be pumped up from the river
quote:
  We heard a loud bang, and then the windows went red
  The crews did everything right, and that saved lives
  I grabbed the cat and ran
facts:
  {building} | {building2}
  {town}
  #people people, residents, neighbors
  {cause} | {cause2}
  nobody was hurt | no injuries | unharmed | unhurt | safe
summary:
  {building2} in {town} burned down and {people_about} residents fled, all of them unharmed; {cause2} \
    may be to blame
  a blaze probably caused by {cause2} has ruined {building2} in {town}; {people_about} neighbors got out \
    unhurt
  {cause2} seems to have set off the blaze that wrecked {building2} in {town}. {people_about} residents \
    are safe
  {people_about} residents are safe after a night-time blaze in {town}, where {cause2} cost the owners \
    {building2}
= storm
#homes: 120 980 10
#trees: 25 95
~damage:
  the roof of the sports hall = the sports hall
  the tower of the church = a church tower
  a row of fishing boats = several fishing boats
  a pair of school buses = two school buses
  the greenhouses of a flower farm = a grower's greenhouses
~wind:
  hail
  heavy rain
  wet snow
lead:
  a violent storm with {wind} swept across {town} on {day} and left streets blocked and cellars flooded
  a storm with {wind} and strong gusts hit {town} on {day} with hardly any warning
  people in {town} spent {day} cleaning up after a storm with {wind} and thunder
must1:
  about {homes} homes were without electricity for most of the night
  the power company said that {homes} homes lost their electricity
must2:
  the worst damage was done to {damage}, the council reported
  the greatest loss was {damage}, damaged beyond repair
must3:
  workers with chain saws had cleared {trees} fallen trees by noon
  the fire department counted {trees} fallen trees, several of them on parked cars
more:
  schools stayed closed, and trains stopped at the next town
  forecasters expect calm weather for the rest of the week
  farmers in the valley fear for the harvest
  an emergency shelter was opened in the library
  no one was seriously injured
quote:
  It sounded like a train coming through the house
  We were lucky that it came while people slept
  I have lived here all my life and never saw anything like it
facts:
  storm | gusts | gale
  {town}
  #homes homes, households
  {damage} | {damage2}
  #trees fallen trees, trees
summary:
  a gale cost {town} {trees_about} trees and {damage2} and left {homes_about} households in the dark
  {damage2} and {trees_about} trees fell victim to the gale in {town}, where {homes_about} households \
    lost power
  {homes_about} households in {town} sat in the dark after a gale felled {trees_about} trees and wrecked \
    {damage2}
  bad weather in {town} wrecked {damage2}, felled {trees_about} trees and cut power to {homes_about} \
    households
= crash
#riders: 24 98
#delay: 3 8
~load:
  oranges = fruit
  live chickens = poultry
  wet cement = concrete
  glass bottles = broken glass
  garden furniture = chairs and tables
~cause:
  ice on the road = icy conditions
  a broken signal = a signal failure
  a driver who had fallen asleep = a sleepy driver
  thick fog = poor visibility
lead:
  a train hit a truck loaded with {load} at a crossing in {town} on {day}
  a truck carrying {load} was struck by a train in {town} on {day}, but both drivers escaped
  a crossing in {town} was covered with {load} on {day} after a train struck a truck
must1:
  all {riders} passengers left the train through the rear doors
  there were {riders} passengers on board, and the crew led them to a nearby school
must2:
  police named {cause} as the most likely reason
  the accident was probably due to {cause}, according to the police
must3:
  the line was blocked for {delay} hours
  it took {delay} hours before the next train could pass
more:
  the truck was pushed a hundred yards along the rails
  residents brought tea and blankets
  the crossing has long been called dangerous
  a second accident was avoided by a watchful guard
  nobody needed to go to the hospital
quote:
  I saw the lights and jumped
  Everyone stayed calm, even the children
  There was a bang, and then a strange silence
facts:
  train | railway | rail
  {town}
  {load} | {load2}
  #riders passengers, travelers
  {cause} | {cause2}
  #delay hours
summary:
  {cause2} may explain a rail collision that spilled {load2} in {town}; {riders_about} travelers got off \
    safely
  no train ran for {delay_about} hours in {town} after a collision with {load2}; {riders_about} \
    travelers are safe
  {riders_about} travelers escaped from a rail collision in {town} that scattered {load2}. Police \
    suspect {cause2}
  {cause2} led to a rail collision in {town}: {riders_about} travelers are well, but trains stopped for \
    {delay_about} hours
= rescue
#hours: 5 19
#searchers: 22 94
~who:
  two hikers = a pair of walkers
  three young climbers = a trio of climbers
  an elderly mushroom picker = an old man gathering mushrooms
  a group of pupils = a party of schoolchildren
  a pair of cyclists = two riders
~where:
  a flooded cave = an underground chamber
  a steep gorge = a deep ravine
  an abandoned mine = disused tunnels
  a maze of marshes = wetlands
~clue:
  a red scarf = a piece of clothing
  a weak phone signal = a faint phone signal
  the barking of a dog = a barking dog
  a column of smoke = a plume of smoke
lead:
  rescuers brought {who} out of {where} near {town} on {day}, cold and hungry but alive
  {who} were saved on {day} from {where} near {town} after a long search
  a long search near {town} ended well on {day} when {who} were pulled out of {where}
must1:
  the operation lasted {hours} hours and went on in the dark
  it took rescuers {hours} hours to reach the spot
must2:
  about {searchers} volunteers had joined the search
  the police were helped by {searchers} volunteers with lamps and ropes
must3:
  in the end {clue} led the team to the right place
  the turning point came with {clue}
more:
  a helicopter had to turn back because of the clouds
  the area has no marked paths at this time of year
  the families waited through the night in a fire station
  hot soup was handed out when the news came
quote:
  When we saw a hand move, everybody cheered
  Without the volunteers we would have come too late
  We never stopped calling
facts:
  {who} | {who2}
  {where} | {where2}
  {town}
  #hours hours
  #searchers volunteers, helpers
  {clue} | {clue2}
summary:
  {clue2} guided {searchers_about} helpers to {who2} who spent {hours_about} hours trapped in {where2} \
    outside {town}
  {clue2} put {searchers_about} helpers on the track of {who2} lost for {hours_about} hours in {where2} \
    near {town}
  it took {hours_about} hours and {searchers_about} helpers to find {who2} in {where2} outside {town}, \
    thanks to \
    {clue2}
  {who2} lost in {where2} outside {town} for {hours_about} hours are safe: {searchers_about} helpers \
    noticed {clue2}
"""
