"""Templates for stories outdoors in the country. The notation is explained in `places.py`."""

COUNTRY = """
= forest | outdoor | morning afternoon evening
at:
  in the forest
  in the deep woods
spot:
  beneath a tall oak
  beside a fallen trunk
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
  {a} {color?}fern uncurled beside the {sea_adj?}stream
  the air smelled of {smell?}pine and damp earth
  {color?}leaves turned in the air{?like_flock}
folk:
  a woodcutter
  a forest ranger
  a girl with a basket
  an old hermit
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
= garden | outdoor | morning afternoon evening
at:
  in the garden
  in the walled garden
spot:
  beside the pond
  under the apple tree
  beside the wooden bench
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
  {a} {shape?}web shone between the {color?}stems{?like_silver}
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
  beside a flat rock
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
= beach | outdoor | morning afternoon evening
at:
  on the beach
  at the beach
spot:
  at the edge of the water
  beside a striped towel
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
"""
