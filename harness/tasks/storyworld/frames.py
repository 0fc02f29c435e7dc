"""The shapes of the stories' sentences, and the words that give them color.

`MOOD_FRAMES` are written once for all moods: `M_` stands for the mood. Keys: how (feelings), event, talk, crowd,
thought, look, friend. A sentence is one alternative of `<mood>_<key>`, with a capital and a full stop put on.
"""

from harness.tasks.storyworld.grammar import rules_from

_MOOD_FRAMES = """
M_how:
  {S} felt {M_adj} and {M_adj} {at}
  {S} was {M_adj}, and {his} face showed it
  {S} stood {spot}, {M_gaze}
  {S} {act}, {M_gaze}
  {S} felt {M_adj}, though {he} could not have said why
  {M_adj} and {M_adj}, {S} {act}
  {S} had seldom felt so {M_adj} in all {his} life
  for a long moment {S} stood {spot} and {M_react}
  it was {a} {M_quality} {day}, and {S} felt {M_adj}
M_crowd:
  {who=folk} {M_toward}
  {who=folk} came closer and {M_toward}
  {folk} {M_toward}, and {S} {M_react}
  {M_gaze}, {who=folk} stood {spot}
  {S} saw {who=folk}, who {M_toward}
  from somewhere behind {him} {who=folk} {M_toward}
M_thought:
  {S} thought of {M_memory}
  suddenly {S} remembered {M_memory} and {M_react}
  {S} {act} and thought of {M_memory}
  something about the {light_noun} made {P} think of {M_memory}
M_look:
  {sight}, and for {P} it was {a} {M_quality} moment
  {sight}, and the whole place seemed {M_quality}
  everything {at} seemed {M_quality} and {M_quality}
  {sight}, and {S} felt {M_adj}
M_solo:
  "{M_say}," {S} said to {himself}
  "{M_say}," {P} said {M_adv} to {who=folk}
  "{M_say}," said {who=folk} {M_adv}
  "{M_cry}!" cried {who=folk}
  "{M_ask}?" asked {who=folk}
  {S} said {M_adv}, "{M_say}."
  {who=folk} looked at {him} and said, "{M_say}."
M_friend:
  "{M_say}," said {Q} {M_adv}
  "{M_say}," {P} said to {Q}
  "{M_cry}!" cried {Q}
  "{M_ask}?" {Q} asked {M_adv}
  {S} turned to {Q} and said, "{M_say}."
  {Q} {M_toward}
  {Q}, {M_gaze}, said nothing and {calm_react}
  {S} looked at {Q} and felt {M_adj}
  {P} and {Q} stood {spot}, {M_pair}
  {M_adj} and {M_adj}, {Q} sat down {spot}
"""

_PLEASED_OR_PAINED = """
M_event:
  {M_clause}
  {M_clause}, and {S} {M_react}
  {S} {M_react} because {M_clause}
  when {M_clause}, {S} {M_react}
  {S} was still {act:ing} when {M_clause}
  just as {S} began to {act:base}, {M_clause}
  {suddenly} {M_clause}
  nobody had expected it, but {M_clause}
  {S} had hardly sat down {spot} when {M_clause}
M_how:
  {S} {act}, and slowly {M_noun} {filled} {his} heart
  a sudden {M_noun} {rose} in {him}{?M_like}
  {M_noun} and {M_noun} mixed in {his} heart
  {act:ing}, {S} remembered {M_memory}
  {S} could not forget {M_memory} and {M_react}
  at the thought of {M_memory}, {S} {M_react}
  there was {M_noun} in the air, and {S} felt {M_adj}
M_turn:
  but then {M_clause}, and {S} {M_react}
  then everything changed, because {M_clause}
  but the mood changed when {M_clause}
  all of that was forgotten when {M_clause}
  but a minute later {M_clause}
  but {M_noun} came back when {M_clause}
"""

MOOD_FRAMES = {
    mood: rules_from((_MOOD_FRAMES + ("" if mood == "calm" else _PLEASED_OR_PAINED)).replace("M_", f"{mood}_"))
    for mood in ("bleak", "sad", "calm", "glad", "joy")
}

FRAMES = rules_from("""
calm_event:
  {sight}
  {noise}
  {noise}, and {S} {calm_react}
  {S} emptied {his} pockets and found {item}, {item} and {item}
  on the ground somebody had left {item} and {item}
  {S} {act}, then counted {number} of {his} coins
  {sight}, and {S} {calm_react}
  {S} {act} and {calm_react}
  {act:ing}, {S} {calm_react}
  {S} {act} while {folk} {calm_toward}
  {sight}, and somewhere a door closed
  after a while {S} {act}
  first {S} {act}, and then {he} sat down {spot}
  there was nobody {spot} except {folk}
  {S} stayed {spot} and {calm_react}
  it took {him} a long time to {act:base}
noise:
  somewhere a dog barked {number} times
  a door creaked and closed again
  a bicycle rattled past
  far away a whistle blew
  a clock struck the hour
  two voices murmured behind a wall
  a truck rumbled by without stopping
  {a} {pet} crossed the path and vanished
  overhead an airplane hummed
  someone practiced the trumpet, always the same {number} notes
number*:
  three four five six seven eight nine
pet*:
  gray_cat brown_dog black_hen thin_goat spotted_dog lizard orange_cat
item:
  a bread roll
  a ball of string
  {a} {color?}button
  two apples
  a bent nail
  a pocket knife
  {a} {color?}ribbon
  a spool of thread
  a box of matches
  an empty envelope
  a pencil
  a walnut
  a bus ticket
  {a} {color?}feather
  a bar of soap
  a candle
  a handful of {texture?}pebbles
  a spare shoelace
  a tin of sardines
  an acorn
good:
  a stranger paid {him} a lovely compliment
  word came that the war was over and peace had won
  a letter said that {he} had won a grand prize
  two old enemies shook hands and forgave each other
  a small child gave {him} a daisy and a sweet smile
  the old organ filled the air with heavenly music
  a messenger brought the best news of the year
  an old debt was forgiven with a friendly handshake
  a choir of children sang like angels
  the thief returned {his} wallet and apologized sincerely
  a blind musician played with amazing grace
  {his} cousin called to say that the baby was healthy and strong
  people gathered and thanked {him} for {his} courage
  the prettiest tune drifted through the air
  laughter came from every side, warm and contagious
  a doctor promised that the cure was a real success
bad:
  a messenger said that the war had begun
  word came that {his} house had burned down
  a letter said that {his} best friend was dead
  somebody laughed at {him} and called {him} an idiot
  the police arrested an innocent man
  rats ate the last of the bread
  a boy threw a stone and hit an old woman
  {his} employer sent word that {he} was fired
  a stranger spat at {his} feet and insulted {him}
  a liar spread an ugly rumor about {him}
  a poisoned dog whimpered and died
  the earth shook, and people screamed in fear
  a pickpocket stole {his} last banknote
  a cruel gang beat a helpless beggar
  the radio reported a deadly attack on the capital
  a beggar collapsed from hunger
calm_how:
  {S} sat down {spot} and {calm_react}
  {S} {calm_react} and then {act}
  {spot}, {S} {act}
  {S} wanted to {act:base}, but {he} {calm_react} instead
mixed:
  although {bad}, {S} {glad_react}
  {good}, but {S} {sad_react}
  {bad}, yet {S} {glad_react}
  {S} tried to smile, but {bad}
  {S} was {sad_adj} at first, until {good}
  {S} was {glad_adj} at first, until {bad}
  even though {good}, {S} felt {sad_adj}
joy_clause:
  {good}
glad_clause:
  {good}
sad_clause:
  {bad}
bleak_clause:
  {bad}
joy_like:
  like a kite in the wind
  like music from an open window
  like the first warm day of spring
glad_like:
  like warm milk
  like a small flame in a lamp
  like sunlight in a cold room
sad_like:
  like fog over a field
  like cold water
  like a stone in a shoe
bleak_like:
  like black smoke
  like a scream in a dark house
  like poison
joy_pair*:
  laughing_together_with_joy arm_in_arm_and_very_happy
glad_pair*:
  smiling_at_the_same_joke glad_to_be_together
calm_pair*:
  side_by_side without_talking
sad_pair*:
  tired_and_cross_with_each_other too_sad_to_talk
bleak_pair*:
  weeping_together_over_the_terrible_news pale_with_fear
suddenly*:
  suddenly without_warning at_that_moment then,_all_at_once, a_minute_later in_the_end
filled*:
  filled entered touched flooded
rose*:
  rose stirred grew woke spread
day*:
  day hour time place scene
light_noun*:
  light silence smell air noise
color*:
  crimson scarlet golden amber emerald turquoise violet indigo ivory silver copper rust-colored pale_green deep_blue
  lemon-yellow coal-black snow-white cream-colored rosy gray purple orange
texture*:
  rough smooth silky velvety worn polished cracked dusty damp knotty glossy grainy weathered gnarled brittle soft
  sticky mossy splintered waxy
smell*:
  fresh sweet sharp bitter smoky spicy warm sour faint rich
shape*:
  narrow crooked long curved tangled neat slender jagged round zigzag
light_adj*:
  golden pale dusty slanting silvery dim amber milky honey-colored flickering
sea_adj*:
  green glassy dark rippling foaming steel-gray glittering murky jade-green
soft*:
  dry soft tiny
like_bright*:
  like_pale_flames like_paper_lanterns
like_flock*:
  like_scraps_of_paper like_torn_letters like_confetti
like_jewel*:
  like_rubies like_beads_of_glass like_tiny_lamps like_spilled_jewels
like_flag*:
  like_flags_on_a_ship like_laundry_in_the_wind
like_cloth*:
  like_a_velvet_shawl like_a_lace_hem like_a_quilt like_silk_ribbons
like_smoke*:
  like_a_thin_gray_ribbon like_blue_smoke like_breath_on_a_cold_day
like_lamp*:
  like_a_chain_of_little_moons like_brass_lanterns
like_snowflake*:
  like_fine_snow like_flour like_gold_dust
like_water*:
  like_slow_honey like_melted_silver like_dark_silk
like_ship*:
  like_a_great_ship_at_anchor like_a_sleeping_giant
like_milk*:
  like_spilled_milk like_wool
like_breath*:
  like_the_breath_of_a_sleeper like_folds_of_blue_silk
like_silver*:
  like_a_thread_of_silver like_polished_glass
like_moon*:
  like_a_pale_moon like_an_owl_in_the_dusk
""")

OPENING_RULES = rules_from("""
open:
  {When}, {P} was {at}, and {sky}
  {P}, {a} {age?}{job}, had come to the {place} {before}
  it was {a} {day_adj} {season} {time}, and {P} was {at}
  {sky}, and {P} {act}
  {When}, {P}, {a} {age?}{job}, {act}
open_friend:
  {When}, {P} and {his} {relation} {Q} were {at}, and {sky}
  {P}, {a} {age?}{job}, met {his} {relation} {Q} {at}, as they had agreed
  it was {a} {day_adj} {season} {time}, and {P} was {at} with {his} {relation} {Q}
  {sky}, and {P} {act} beside {his} {relation} {Q}
open_object:
  {S} carried {a} {thing_adj} {thing} that {giver} had given {him}
  in {his} bag {S} kept {a} {thing_adj} {thing}, a gift from {giver}
  {S} held {a} {thing_adj} {thing} under one arm
  with {him} {S} had brought {a} {thing_adj} {thing} for {giver}
object_held:
  {S} looked at the {thing_adj} {thing} and {calm_react}
  {S} moved the {thing} from one hand to the other
  "Where did you get that {thing}?" asked {folk}
  {S} showed the {thing} to {folk}
  the {thing} felt {texture} and a little heavy
object_lost:
  {S} reached for the {thing} and found that it was gone
  when {S} looked again, the {thing_adj} {thing} had disappeared, and {he} {sad_react}
  {S} dropped the {thing} and lost it, and {he} {sad_react}
object_missing:
  {S} searched everywhere for the {thing}, but found nothing
  {S} asked {folk} about the {thing}, without much luck
  the loss of the {thing} still troubled {him}
object_found:
  there, {spot}, lay the {thing_adj} {thing}, safe and whole, and {S} {glad_react}
  {folk} had found the {thing} and gave it back with a smile
  to {his} relief {S} found the {thing} {spot}
friend_leaves:
  {Q} said goodbye and went home, and {P} stayed {at} alone
  after a while {Q} had to leave, and {P} was alone
weather_indoor:
  {sky}, and {S} {calm_react}
  {sky}, but nobody {at} seemed to notice
  {sky}, and the room grew quiet for a moment
weather_outdoor:
  {sky}, and {S} {calm_react}
  by now {sky}
  {S} noticed that {sky}
age*:
  young old retired tall clever shy busy thin stout
job*:
  teacher baker nurse carpenter painter student gardener tailor clerk musician farmer sailor cook doctor potter
  weaver engineer driver beekeeper clockmaker translator printer shoemaker dentist plumber lawyer reporter singer
day_adj*:
  long quiet short ordinary busy mild strange
before:
  before anyone else
  to think
  for the first time in years
  on an errand
  to meet a cousin
giver:
  {his} grandmother
  {his} old teacher
  {a} neighbor
  {his} uncle
  a friend from abroad
  {his} godfather
any_thing*:
  sealed_letter folded_letter yellowed_letter old_violin dark-red_violin silver_watch battered_watch blue_scarf
  woolen_scarf paper_kite striped_kite faded_map folded_map black_umbrella broken_umbrella leather_notebook
  green_notebook tin_lantern red_lantern framed_photograph creased_photograph cracked_teapot painted_teapot
  wooden_flute oval_mirror brass_compass checked_blanket gray_blanket heavy_parcel flat_parcel toy_drum old_camera
  silver_bracelet glass_jar carved_spoon rusty_key patched_doll clay_whistle music_box wicker_basket velvet_hat
""")

SKIES = rules_from("""
clear.morning:
  the morning sun shone on the roofs
  the sky was clear and pale blue
  early light lay on the windows
clear.afternoon:
  the afternoon sun stood high above the roofs
  there was not a cloud in the sky
  the light was warm and yellow
clear.evening:
  the evening sun hung low and red
  the sky turned pink above the chimneys
  the first stars came out
clear.night:
  the moon stood above the roofs
  the stars were out
  the night was clear and still
rain:
  rain tapped on the roofs
  a thin rain fell without a pause
  water ran along the gutters
  low clouds brought one shower after another
fog:
  fog hid the end of the street
  a gray mist hung in the air
  the fog swallowed every sound
wind:
  the wind rattled the shutters
  gusts of wind chased leaves along the ground
  a strong wind blew from the west
snow:
  snow fell in large soft flakes
  fresh snow covered the roofs
  the snow lay deep and quiet
heat:
  the heat lay heavy on the roofs
  the air shook with heat
  not a breath of wind stirred the dry air
""")
WEATHER_OF_SEASON = {"spring": ("clear", "rain", "wind"), "summer": ("clear", "heat", "rain"),
                     "autumn": ("clear", "fog", "wind", "rain"), "winter": ("clear", "snow", "fog", "wind")}
