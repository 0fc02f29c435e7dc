"""What can be seen, carried and heard anywhere, and the news that can reach any place."""

from harness.tasks.storyworld.grammar import rules_from

SCENERY = rules_from("""
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
  {good_news}
  {good_news_too}
bad:
  {bad_news}
  {bad_news_too}
good_news:
  a stranger paid {him} a lovely compliment
  a letter said that {he} had won a grand prize
  a small child gave {him} a daisy and a sweet smile
  a messenger brought the best news of the year
  a choir of children sang like angels
  a blind musician played with amazing grace
  people gathered and thanked {him} for {his} courage
  a doctor promised that the cure was a real success
  a lost kitten found its happy owner
  a poor widow won the lottery and kissed everybody
  a boy returned a lost purse and earned a generous reward
good_news_too:
  word came that the war was over and peace had won
  two old enemies shook hands and forgave each other
  the old organ filled the air with heavenly music
  an old debt was forgiven with a friendly handshake
  the thief returned {his} wallet and apologized sincerely
  {his} cousin called to say that the baby was healthy and strong
  laughter came from every side, warm and contagious
  a girl with a trumpet played a cheerful march
  an old soldier laughed and forgave everyone
  somebody began to sing, and the whole crowd joined in with delight
  friends came with balloons and a splendid cake
bad_news:
  a messenger said that the war had begun
  a letter said that {his} best friend was dead
  the police arrested an innocent man
  a boy threw a stone and hit an old woman
  a stranger spat at {his} feet and insulted {him}
  a poisoned dog whimpered and died
  a pickpocket stole {his} last banknote
  the radio reported a deadly attack on the capital
  a lame dog was kicked by a brute
  somebody stole a bag from a blind man
  a false alarm caused a dangerous panic
bad_news_too:
  word came that {his} house had burned down
  somebody laughed at {him} and called {him} an idiot
  rats ate the last of the bread
  {his} employer sent word that {he} was fired
  a liar spread an ugly rumor about {him}
  the earth shook, and people screamed in fear
  a cruel gang beat a helpless beggar
  a beggar collapsed from hunger
  two brothers quarreled and struck each other
  a widow wept over the loss of a son
  a sick old man fell and lay there helpless
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
color*:
  crimson scarlet golden amber emerald turquoise violet indigo ivory silver copper rust-colored pale_green
  deep_blue
  lemon-yellow coal-black snow-white cream-colored rosy gray purple orange
texture*:
  rough smooth worn polished cracked dusty damp weathered glossy uneven faded scarred speckled dimpled velvety
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
