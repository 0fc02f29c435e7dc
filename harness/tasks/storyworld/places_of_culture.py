"""Templates for stories in museums, workshops and cafes. The notation is explained in `places.py`."""

CULTURE = """
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
  {a} {color?}carpet led through the {shape?}rooms
  the {texture?}mask stared from its case{?like_moon}
  {color?}feathers lay in {a} {shape?}row under glass
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
  {color?}tools hung in {a} {shape?}row above the bench
  dust turned in the {light_adj?}light{?like_snowflake}
  {a} {texture?}plank lay across the {color?}trestles
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
  {color?}cakes stood under {a} {shape?}dome of glass
  rings of {color?}tea marked the {texture?}wood{?like_moon}
folk:
  the waiter
  a poet with ink on both hands
  the owner of the cafe
  an old couple
"""
