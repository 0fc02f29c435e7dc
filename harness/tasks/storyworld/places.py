"""Where the stories happen: for each place its prepositions, its people, what one does there and what can happen.

`at`, `act` and `spot` are phrases behind a subject; `good`, `bad` and `sight` are clauses in the past tense, with
`{him}` and `{his}` for the passage's person. `times` and `outdoor` say when and under what sky a passage may be set.
"""

from harness.tasks.storyworld.grammar import rules_from

_PLACES = """
= harbor | outdoor | morning afternoon evening
at:
  at the harbor
spot:
  beside the old pier
  near the fish market
  next to a stack of nets
  on the stone steps
act:
  <coil> a length of wet rope
  <count> the boats in the bay
  <watch> the ferry come in
  <carry> a crate of fish to the scales
  <throw> a crust of bread to the gulls
  <walk> along the sea wall
  <mend> a torn net with quick fingers
good:
  the missing trawler sailed safely into port
  a fisherman gave {him} a bucket of fresh mussels
  the ferry brought a visitor with wonderful news
  a seal rose from the water and played beside the boats
  the crew won the rowing race and everyone cheered
bad:
  a wave smashed the smallest boat against the wall
  a sailor slipped on the wet deck and broke a leg
  the captain said that the whole crew was lost at sea
  a gull stole the last of {his} lunch
  oil ruined the water around the pier
sight:
  {color?}sails moved across the {sea_adj?}bay{?like_bright}
  the {sea_adj?}water slapped against the {texture?}planks
  the smell of salt and {smell?}tar hung over the {texture?}quay
  gulls circled above the {color?}masts{?like_flock}
  a {color?}lighthouse blinked beyond the breakwater
folk:
  an old sailor
  a fish seller
  the harbor master
  a boy with a bucket
= market | outdoor | morning afternoon
at:
  at the market
  in the crowded market
spot:
  between two flower stalls
  by the cheese counter
  under a striped awning
  in front of the baker's stall
act:
  <choose> three ripe pears from a pile
  <taste> a slice of smoked cheese
  <argue> about the price of eggs
  <fill> a basket with onions and beans
  <listen> to a man who sold brushes
  <count> a handful of small coins
  <wander> from stall to stall
good:
  a farmer gave {him} the sweetest peach of the summer
  the flower seller handed out free roses
  a street musician played {his} favorite song
  the crowd cheered for the winner of the pie contest
  a kind stranger paid for the whole basket
bad:
  a thief grabbed a purse and vanished in the crowd
  a cart tipped over and crushed the ripe tomatoes
  the butcher insulted an old customer
  two sellers began an ugly fight over a broken crate
  someone cheated {him} out of {his} last coins
sight:
  {texture?}peaches and {color?}plums lay in {shape?}heaps{?like_jewel}
  the smell of {smell?}bread and roasted nuts drifted past
  {color?}cloth fluttered above the {texture?}stalls{?like_flag}
  copper pans caught the {light_adj?}light
  baskets of {color?}peppers stood in a {shape?}row
folk:
  a flower seller
  the cheese maker
  a woman with two baskets
  a young porter
= forest | outdoor | morning afternoon evening
at:
  in the forest
  in the deep woods
spot:
  beneath a tall oak
  on a fallen trunk
  beside a narrow stream
  at a fork in the path
act:
  <gather> a bundle of dry sticks
  <follow> the track of a deer
  <pick> a handful of blackberries
  <listen> for the call of an owl
  <cross> the stream on three flat stones
  <study> a ring of pale mushrooms
  <push> through the tall ferns
good:
  a young deer came close and ate from {his} hand
  the lost dog ran out of the bushes, safe and happy
  a woodcutter showed {him} the way home
  the path opened on a beautiful meadow full of flowers
  a songbird landed on {his} shoulder
bad:
  a branch fell and tore {his} sleeve
  the path vanished in a dark and dangerous swamp
  wolves howled much too close to the trail
  a wasp stung {him} on the neck
  fire destroyed the oldest trees on the ridge
sight:
  {color?}moss covered the {texture?}roots{?like_cloth}
  {light_adj?}light fell between the {texture?}trunks in {shape?}beams
  a {color?}fern uncurled beside the {sea_adj?}stream
  the air smelled of {smell?}pine and damp earth
  {color?}leaves turned in the air{?like_flock}
folk:
  a woodcutter
  a forest ranger
  a girl with a basket
  an old hermit
= kitchen | indoor | morning afternoon evening night
at:
  in the kitchen
  in the warm kitchen
spot:
  at the long table
  next to the stove
  by the pantry door
  beside the sink
act:
  <peel> a bowl of potatoes
  <stir> a pot of barley soup
  <set> two plates on the table
  <slice> an onion very slowly
  <dry> the cups with a clean towel
  <pour> a cup of mint tea
  <roll> out the dough for a pie
good:
  the cake rose to a perfect golden dome
  the cat purred and curled up on {his} lap
  the mail brought a sweet letter from an old friend
  the old radio played a beautiful waltz
  the soup tasted better than ever
bad:
  the pan caught fire and filled the room with smoke
  a shelf broke and smashed the best plates
  the stove failed before the soup was warm
  a knife slipped and cut {his} thumb
  the phone rang with terrible news from the hospital
sight:
  steam rose from the {texture?}kettle{?like_smoke}
  the smell of {smell?}cinnamon and butter filled the room
  {color?}jars stood on the shelf in a {shape?}row
  {light_adj?}light lay on the {texture?}floor tiles
  {texture?}onions hung from the beam{?like_lamp}
folk:
  the old cook
  a neighbor from upstairs
  the milkman
  a hungry child
= library | indoor | morning afternoon evening
at:
  in the library
  at the town library
spot:
  at a corner desk
  between two tall shelves
  by the arched window
  under a reading lamp
act:
  <turn> the pages of an atlas
  <copy> a poem into a notebook
  <search> the shelves for a travel book
  <return> a novel to the front desk
  <read> the first lines of a diary
  <whisper> a question to the clerk
  <sort> a pile of old magazines
good:
  the librarian found the rare book that {he} always wanted
  a child read a whole page aloud for the first time and beamed
  a stranger left a kind note between the pages
  the poetry prize went to the shyest girl in town
  an old photograph fell from a book and made {him} smile
bad:
  the roof leaked and ruined a shelf of rare books
  a man shouted at the shy clerk
  someone tore the best pages out of the atlas
  the mayor announced that the library would close forever
  a heavy shelf fell and injured a reader
sight:
  dust floated in the {light_adj?}light{?like_snowflake}
  {color?}spines stood in {shape?}rows along the wall
  the air smelled of {smell?}paper and {texture?}leather
  a {color?}lamp burned above the {texture?}desk
  the {texture?}pages turned with a sound of {soft?}wings
folk:
  the librarian
  a retired judge
  a boy with thick glasses
  a sleepy student
= village school | indoor | morning afternoon
at:
  at the village school
  in the classroom
spot:
  in the back row
  beside the blackboard
  near the coat hooks
  by the globe
act:
  <sharpen> a stub of pencil
  <draw> a map of the island
  <wipe> the chalk from the board
  <hand> out the spelling books
  <solve> a sum about apples
  <water> the plants on the windowsill
  <count> the children twice
good:
  the whole class clapped for the new girl
  the smallest boy won first prize for a brilliant drawing
  the teacher praised everyone for the excellent work
  the children sang a funny song about a brave goat
  the bell rang early for the holidays
bad:
  a bully pushed a small boy off the bench
  somebody broke the globe and lied about it
  the teacher read out the worst marks
  a stone crashed through the window
  a girl cried because the others mocked and teased
sight:
  {color?}drawings covered the {texture?}wall{?like_flag}
  chalk dust hung in the {light_adj?}light{?like_snowflake}
  the {texture?}benches smelled of {smell?}wax and ink
  {color?}coats dangled from a {shape?}row of hooks
  a {color?}globe stood on the {texture?}cupboard
folk:
  the caretaker
  the music teacher
  a girl with braids
  the new pupil
= hospital | indoor | morning afternoon evening night
at:
  at the hospital
  in the hospital
spot:
  in the long corridor
  beside the bed
  by the tall window of the ward
  near the front desk
act:
  <fold> a clean blanket
  <read> the chart at the foot of the bed
  <wait> for the doctor
  <fill> a vase with water
  <straighten> the pillow
  <walk> up and down the hall
  <leaf> through an old magazine
good:
  the doctor said that the operation was a success
  a baby laughed for the very first time
  the fever broke and the patient smiled
  a nurse brought flowers and a cheerful card
  the sick child sat up and asked for cake
bad:
  the doctor came in with grave and terrible news
  an alarm screamed at the end of the hall
  the pain came back worse than before
  a man died before the family could arrive
  an ambulance brought in the victims of a crash
sight:
  {light_adj?}light slid along the {texture?}floor{?like_water}
  the corridor smelled of {smell?}soap and {texture?}linen
  a {color?}curtain stirred beside the {texture?}bed
  {color?}tulips stood in a {shape?}glass{?like_lamp}
  a clock ticked above the {color?}door
folk:
  a tired nurse
  the night doctor
  a man on crutches
  an old patient
= farm | outdoor | morning afternoon evening
at:
  on the farm
  in the farmyard
spot:
  beside the barn
  at the gate
  near the hen house
  by the water trough
act:
  <feed> the hens a pan of corn
  <milk> the brown cow
  <mend> a gap in the fence
  <stack> the bales of hay
  <brush> the old horse
  <carry> two pails to the well
  <dig> a row of carrots
good:
  a healthy foal took its first steps
  the hens laid more eggs than ever
  the neighbors came to help with the harvest and shared a feast
  the lost lamb came home safe
  the old tractor started at once, like a miracle
bad:
  a fox killed the best hen
  the barn roof collapsed with a terrible crash
  hail destroyed half of the wheat
  the old dog limped home with an injured paw
  the bank threatened to take the land
sight:
  the {color?}barn stood above the {texture?}fields{?like_ship}
  the smell of {smell?}hay drifted across the yard
  {color?}hens scratched in the {texture?}straw
  mist lay in the {color?}hollow{?like_milk}
  {texture?}pumpkins swelled beside the {shape?}path
folk:
  a farmhand
  the vet
  an old shepherd
  the neighbor's son
= train station | indoor | morning afternoon evening night
at:
  at the train station
  at the station
spot:
  on platform two
  under the big clock
  by the ticket window
  on a bench near the tracks
act:
  <check> the timetable again
  <buy> a ticket to the coast
  <drag> a suitcase up the stairs
  <watch> the porters load the mail
  <look> along the empty track
  <drink> a paper cup of coffee
  <button> up a long coat
good:
  the train arrived early and old friends hugged on the platform
  a soldier came home to a happy mother and a warm embrace
  the conductor gave {him} a free seat by the window
  a band welcomed the winning team with a joyful march
  a lost suitcase turned up with everything safe inside
bad:
  the last train left without {him}
  a thief stole a suitcase from the bench
  the loudspeaker announced a fatal accident on the line
  a child got lost and screamed for help
  the clerk rudely refused to change the ticket
sight:
  steam drifted over the {texture?}platform{?like_smoke}
  the rails gleamed in the {light_adj?}light{?like_water}
  {color?}posters peeled from the {texture?}bricks
  the hall smelled of {smell?}coffee and {texture?}iron
  a {color?}signal glowed at the end of the {shape?}track
folk:
  a conductor
  the ticket clerk
  a soldier with a heavy bag
  an elderly traveler
= beach | outdoor | morning afternoon evening
at:
  on the beach
  at the beach
spot:
  at the edge of the water
  on a striped towel
  beside an overturned boat
  among the dunes
act:
  <collect> shells in a tin cup
  <build> a wall of wet sand
  <skip> flat stones across the waves
  <walk> barefoot along the tide line
  <shake> the sand from a towel
  <watch> the surfers far out
  <draw> a long spiral in the sand
good:
  a pod of dolphins leaped beyond the waves
  the children finished the best sandcastle on the coast
  a bottle washed up with a lovely letter inside
  a lifeguard saved a swimmer and the crowd cheered
  a puppy splashed through the waves with pure delight
bad:
  a cruel wave wrecked the sandcastle
  a swimmer screamed for help beyond the rocks
  a jellyfish stung {him} on the ankle
  a dead whale washed up on the sand
  the strong tide swept {his} shoes away
sight:
  {color?}foam slid over the {texture?}sand{?like_cloth}
  the {sea_adj?}waves rolled in{?like_breath}
  {texture?}shells glittered in the {light_adj?}light{?like_jewel}
  {color?}kites tugged at their lines above the dunes
  the wind carried the smell of salt and {smell?}seaweed
folk:
  a lifeguard
  an ice cream seller
  a girl with a red spade
  a surfer
= garden | outdoor | morning afternoon evening
at:
  in the garden
  in the walled garden
spot:
  beside the pond
  under the apple tree
  on the wooden bench
  next to the rose bed
act:
  <pull> weeds from the gravel path
  <plant> a row of onions
  <water> the young beans
  <rake> the leaves into a pile
  <trim> the hedge with old shears
  <pick> a bowl of currants
  <follow> a bee from flower to flower
good:
  the oldest rose bloomed again after years
  a robin landed on the spade and sang sweetly
  the neighbors shared a basket of delicious plums
  the first strawberries turned out sweet and perfect
  a rainbow of butterflies settled on the lavender
bad:
  slugs ruined every one of the young lettuces
  a dog trampled the roses and broke the fence
  frost killed the first blossoms
  a thorn cut deep into {his} palm
  the old apple tree cracked and fell
sight:
  {color?}roses leaned over the {texture?}wall
  bees hung above the {color?}lavender{?like_smoke}
  {color?}fish turned in the {sea_adj?}pond{?like_jewel}
  the smell of {smell?}earth rose from the {texture?}beds
  a {shape?}web shone between the {color?}stems{?like_silver}
folk:
  the gardener
  a neighbor in a straw hat
  a curious child
  the man next door
= mountain trail | outdoor | morning afternoon
at:
  on the mountain trail
  high in the mountains
spot:
  on a flat rock
  beside a wooden cross
  at the edge of the cliff
  near the summit
act:
  <climb> over a pile of loose stones
  <drink> from a cold spring
  <tighten> the straps of a pack
  <unfold> a creased map
  <rest> for a minute in the shade
  <point> at a far white peak
  <eat> a piece of dry bread
good:
  an eagle rose above the valley in perfect freedom
  the clouds parted and showed a glorious view
  a friendly guide shared a bar of chocolate with everyone
  the lost hikers were found safe and well
  a warm hut appeared around the bend
bad:
  a stone broke loose and struck {him} on the arm
  a climber fell and broke an ankle
  the rope snapped with a horrible sound
  an avalanche roared down the far slope and destroyed a hut
  the path ended at a dangerous drop
sight:
  {color?}cliffs rose on both sides{?like_ship}
  the {texture?}path climbed through {color?}heather
  the {sea_adj?}stream flashed far below{?like_silver}
  {color?}clouds drifted around the peak{?like_cloth}
  the air smelled of {smell?}thyme and {texture?}stone
folk:
  a mountain guide
  a goat herder
  an experienced climber
  a hiker from the city
= village square | outdoor | morning afternoon evening night
at:
  in the village square
  on the main square
spot:
  beside the fountain
  under the chestnut tree
  on the steps of the town hall
  in front of the cafe
act:
  <toss> a coin into the fountain
  <read> the notices on the board
  <feed> crumbs to the pigeons
  <listen> to the church bells
  <sweep> the steps with a broom
  <play> a game of chess
  <lean> against a lamp post
good:
  the brass band struck up a merry dance
  the mayor honored the bravest girl in the village
  a wedding party came out of the church and laughed with joy
  strangers joined hands and danced around the fountain
  the baker gave free cake to every child
bad:
  a truck hit the fountain and broke it
  a drunk man threatened the people at the cafe
  two old friends had a bitter fight in front of everyone
  the mayor announced the death of the old doctor
  a crowd of angry people shouted at the guards
sight:
  {color?}lamps hung between the {texture?}houses{?like_lamp}
  the fountain splashed into its {shape?}basin{?like_silver}
  pigeons shuffled over the {texture?}stones
  {color?}shutters framed the {shape?}windows
  the smell of {smell?}coffee drifted from the cafe
folk:
  the mayor
  a chess player
  a police officer
  a waiter with a tray
= museum | indoor | morning afternoon
at:
  in the museum
  at the city museum
spot:
  in front of a huge painting
  beside a marble statue
  under the skeleton of a whale
  at the entrance to the great hall
act:
  <study> the label under a mask
  <sketch> a bronze horse
  <walk> around the old ship
  <buy> a postcard of a castle
  <follow> the guide up the stairs
  <peer> into a case of beetles
  <sit> down across from a portrait
good:
  the guide told a funny story and the whole group laughed
  a famous artist stopped and praised {his} sketch
  the restored painting glowed with amazing beauty
  a child hugged the statue and everybody smiled
  the guard let {him} hold a precious golden coin
bad:
  a vase fell and shattered on the marble floor
  vandals damaged the loveliest painting
  the alarm went off and caused a panic
  a rude tourist shoved an old woman
  thieves stole the famous crown
sight:
  {light_adj?}light fell on the {texture?}statues{?like_cloth}
  a {color?}carpet led through the {shape?}rooms
  the {texture?}mask stared from its case{?like_moon}
  {color?}feathers lay in a {shape?}row under glass
  the hall smelled of {smell?}dust and {texture?}wood
folk:
  the museum guard
  an art student
  a guide with a flag
  a collector
= theater | indoor | afternoon evening night
at:
  at the theater
  in the old theater
spot:
  behind the curtain
  in the third row
  near the stage door
  at the top of the balcony
act:
  <rehearse> a short speech
  <button> a heavy costume
  <tune> a violin
  <paint> a cardboard tree
  <look> for a seat near the front
  <read> the program from end to end
  <hang> a coat on a hook
good:
  the audience rose and gave the shy actor a great ovation
  the comedy made everyone laugh until they cried with joy
  the singer won the hearts of the whole house
  the director offered {him} the best part in the play
  a stranger threw a lovely bouquet onto the stage
bad:
  a lamp crashed onto the stage and nearly killed an actor
  the audience booed the nervous singer
  the lead actor forgot every line and wept
  the critics called the play a miserable failure
  thick smoke poured from the dressing room and caused a panic
sight:
  the {color?}curtain hung in {shape?}folds{?like_water}
  {light_adj?}light slid over the {texture?}seats
  {color?}masks dangled from the {texture?}wall{?like_moon}
  the wings smelled of {smell?}paint and {texture?}velvet
  a chandelier sparkled above the {color?}stage{?like_jewel}
folk:
  the director
  a young actress
  the stage manager
  a musician from the orchestra
= workshop | indoor | morning afternoon evening
at:
  in the workshop
  in the carpenter's workshop
spot:
  at the workbench
  beside the lathe
  under a hanging lamp
  by the open door
act:
  <sand> the leg of a chair
  <hammer> a nail into a plank
  <sharpen> a dull chisel
  <measure> a board twice
  <oil> the hinges of a box
  <sweep> the shavings into a corner
  <glue> two thin strips together
good:
  the finished chair turned out strong and beautiful
  a customer loved the rocking horse and paid double
  the broken clock began to chime again, to everyone's delight
  the master praised the honest work with a proud nod
  an old friend came in with cake and good news
bad:
  the saw slipped and hurt {his} wrist
  a spark started a fire among the shavings
  the best plank split and was ruined
  a customer complained angrily and refused to pay
  thieves stole the finest tools
sight:
  {texture?}shavings curled on the floor{?like_cloth}
  the smell of {smell?}cedar and glue filled the room
  {color?}tools hung in a {shape?}row above the bench
  dust turned in the {light_adj?}light{?like_snowflake}
  a {texture?}plank lay across the {color?}trestles
folk:
  the master carpenter
  a nervous apprentice
  a customer in a gray coat
  the blacksmith
= cafe | indoor | morning afternoon evening
at:
  in the corner cafe
  at the cafe
spot:
  at a small round table
  by the foggy window
  beside the piano
  near the counter
act:
  <order> a pot of black tea
  <stir> a spoon in an empty cup
  <fold> a paper napkin into a boat
  <read> the menu twice
  <break> a biscuit in half
  <write> a few lines on a postcard
  <hum> along with the radio
good:
  the waiter brought a free slice of delicious cake
  an old couple danced between the tables with happy faces
  a pianist played a beautiful tune just for {him}
  a friend from childhood walked in with open arms
  the lottery winner bought coffee for everyone
bad:
  a tray of glasses crashed to the floor
  the couple at the next table had a nasty argument
  someone spilled hot coffee all over {his} notebook
  the owner wept over the ruin of the cafe
  a stranger accused {him} of stealing a purse
sight:
  steam curled from the {color?}cups{?like_smoke}
  {light_adj?}light pooled on the {texture?}tables
  the smell of {smell?}coffee mixed with {texture?}sugar
  {color?}cakes stood under a {shape?}dome of glass
  rings of {color?}tea marked the {texture?}wood{?like_moon}
folk:
  the waiter
  a poet with ink on both hands
  the owner of the cafe
  an old couple
= old bridge | outdoor | morning afternoon evening night
at:
  on the old bridge
  by the river
spot:
  in the middle of the bridge
  beside the iron rail
  under a street lamp
  at the foot of the steps
act:
  <drop> a leaf into the river
  <watch> a barge pass below
  <lean> on the cold rail
  <count> the arches of the bridge
  <follow> the river with tired eyes
  <stop> to tie a shoe
  <whistle> a slow tune
good:
  a swan led three cygnets under the arches, calm and lovely
  a young man proposed and the answer was a joyful yes
  the rowers passed below and waved like old friends
  a fiddler played a cheerful tune for the walkers
  fireworks opened over the river in a glorious burst
bad:
  a cyclist crashed into the rail and lay in pain
  the flood swept a poor dog under the arches
  a drunk driver hit the lamp post
  a stone gave way and fell into the dark water
  a woman cried alone beside the rail
sight:
  the {sea_adj?}river slid under the {texture?}arches{?like_water}
  {color?}lamps trembled on the water{?like_jewel}
  {shape?}barges passed below, low and slow
  {texture?}ivy climbed the {color?}stones
  the wind smelled of {smell?}mud and {texture?}reeds
folk:
  a street painter
  a fisherman with a long rod
  a cyclist
  the bridge keeper
"""


class Place:
    """One place: its rules, the times of day when stories happen there, and whether it is under the open sky."""

    def __init__(self, block: str) -> None:
        header, _, rules = block.partition("\n")
        name, outdoor, times = (part.strip() for part in header.split("|"))
        self.name = name
        self.outdoor = outdoor == "outdoor"
        self.times = tuple(times.split())
        self.rules = rules_from(rules)


PLACES = tuple(Place(block) for block in _PLACES.split("\n= ")[1:])
