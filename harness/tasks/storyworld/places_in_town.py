"""Templates for stories outdoors in town. The notation is explained in `places.py`."""

TOWN = """
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
  {a} {color?}lighthouse blinked beyond the breakwater
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
  baskets of {color?}peppers stood in {a} {shape?}row
folk:
  a flower seller
  the cheese maker
  a woman with two baskets
  a young porter
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
