"""Templates for stories in homes, schools and hospitals. The notation is explained in `places.py`."""

INDOORS = """
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
  the soup turned out better than ever
bad:
  the pan caught fire and filled the room with smoke
  a shelf broke and smashed the best plates
  the stove failed before the soup was warm
  a knife slipped and cut {his} thumb
  the phone rang with terrible news from the hospital
sight:
  steam rose from the {texture?}kettle{?like_smoke}
  the smell of {smell?}cinnamon and butter filled the room
  {color?}jars stood on the shelf in {a} {shape?}row
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
  {a} {color?}lamp burned above the {texture?}desk
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
  {color?}coats dangled from {a} {shape?}row of hooks
  {a} {color?}globe stood on the {texture?}cupboard
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
  {a} {color?}curtain stirred beside the {texture?}bed
  {color?}tulips stood in {a} {shape?}glass{?like_lamp}
  a clock ticked above the {color?}door
folk:
  a tired nurse
  the night doctor
  a man on crutches
  an old patient
= train station | indoor | morning afternoon evening night
at:
  at the train station
  at the station
spot:
  on platform two
  under the big clock
  by the ticket window
  near the tracks
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
  {a} {color?}signal glowed at the end of the {shape?}track
folk:
  a conductor
  the ticket clerk
  a soldier with a heavy bag
  an elderly traveler
"""
