"""Words that tell how a thing looks, sounds, feels, smells or tastes: the vocabulary of the descriptiveness scorer."""

_COLOURS = """
amber ashen auburn azure black blackened blue bluish bronze brown copper cream crimson dark darkening emerald
golden gray green greenish grey indigo ivory jade lavender lilac maroon orange pale pink purple red reddish rosy
ruby russet rust rusty sapphire scarlet silver silvery tan tawny turquoise vermilion violet white whitish yellow
yellowed yellowish
"""
_LIGHT = """
bright brilliant candlelit cloudy dappled dazzling dim dusky dusty faded flickering foggy gleaming glimmering
glinting glistening glittering gloomy glossy glowing hazy lit luminous lustrous misty moonlit murky opaque
radiant shadowy shady shimmering shining shiny smoky sparkling starlit sunlit sunny translucent transparent
twinkling
"""
_SHAPES = """
angular arched bent bony broad broken bulky bumpy carved chipped coiled cracked crooked crumbling curled curly
curved deep enormous flat gaunt gigantic gnarled hollow huge immense jagged lanky lean little long lumpy massive
narrow oval plump pointed ragged round rounded shallow sharp short slanting slender slim small square steep
stout straight tall tangled tattered thick thin tiny towering twisted vast wide winding wrinkled
"""
_TOUCH = """
bristly brittle bumpy chilly clammy coarse cold cool crisp damp downy dry feathery fluffy freezing frosty frozen
furry fuzzy grainy greasy gritty hard hot humid icy knotted leathery lukewarm moist mossy muddy oily polished
powdery prickly rough rugged sandy scratchy silken silky sleek slick slimy slippery smooth soaked soft spongy
sticky stiff stony supple sweaty tender tepid velvet velvety warm waxy wet windswept woolen woollen woolly woven
"""
_SOUND = """
booming buzzing clanging clattering crackling creaking creaky deafening droning echoing faint gurgling hissing
hoarse howling humming hushed jingling loud melodious muffled murmuring muted noisy piercing quiet raspy ringing
roaring rumbling rustling shrill silent snapping soundless squeaky still thudding thunderous tinkling whispering
whistling
"""
_SMELL_AND_TASTE = """
acrid aromatic bitter briny buttery earthy fishy floral foul fragrant fresh fruity juicy minty musty peppery
perfumed pungent ripe rotten salty savory scented sour spiced spicy stale sugary sweet syrupy tangy tart
"""
_MATERIALS = """
brass brick canvas ceramic clay cobbled cotton crystal earthen glass granite iron lace leafy linen marble oaken
painted paved pewter pine porcelain satin slate stone straw thatched tiled tin wicker wooden
"""

DESCRIPTIVE_WORDS = frozenset(
    f"{_COLOURS} {_LIGHT} {_SHAPES} {_TOUCH} {_SOUND} {_SMELL_AND_TASTE} {_MATERIALS}".split())
