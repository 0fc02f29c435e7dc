"""The shapes of the stories' sentences, and the words that give them color.

`MOOD_FRAMES` are written once for all moods: `M_` stands for the mood. A sentence is one alternative of
`<mood>_<kind>`, with a capital and a full stop put on; the kinds are those of `stories.py`.
"""

from harness.tasks.storyworld.grammar import rules_from

_MOOD_FRAMES = """
M_how:
  {S} felt {M_adj} and {M_adj} {at}
  {S} stood {spot}, {M_gaze}
  {S} {act}, {M_gaze}
  {S} felt {M_adj}, though {he} could not have said why
  {M_adj} and {M_adj}, {S} {act}
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
  to {his} {M_surprise}, {M_clause}
  it happened quickly: {M_clause}
  {S} turned around just in time to see it: {M_clause}
  an hour later {M_clause}, and nobody {at} spoke of anything else
  {S} had hardly sat down {spot} when {M_clause}
M_how:
  {S} {act}, and slowly {M_noun} {filled} {his} heart
  a sudden {M_noun} {rose} in {him}{?M_like}
  {M_noun} and {M_noun} mixed in {his} heart
  {act:ing}, {S} remembered {M_memory}
  {S} could not forget {M_memory} and {M_react}
  at the thought of {M_memory}, {S} {M_react}
  there was {M_noun} in the air, and {S} felt {M_adj}
  {S} was {M_adj}, and {his} face showed it
  {S} had seldom felt so {M_adj} in all {his} life
  for a long moment {S} stood {spot} and {M_react}
M_turn:
  but then {M_clause}, and {S} {M_react}
  then everything changed, because {M_clause}
  but the mood changed when {M_clause}
  all of that was forgotten when {M_clause}
  but a minute later {M_clause}
  and yet, a moment later, {M_clause}
"""

MOOD_FRAMES = {
  mood: rules_from((_MOOD_FRAMES + ("" if mood == "calm" else _PLEASED_OR_PAINED)).replace("M_", \
    f"{mood}_"))
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
  {S} {act} and {calm_rest}
  {S} {act} while {folk} {calm_toward}
  {sight}, and somewhere a door closed
  after a while {S} {act}
  first {S} {act}, and then {he} sat down {spot}
  there was nobody {spot} except {folk}
  {S} stayed {spot} and {calm_rest}
  it took {him} a long time to {act:base}
calm_how:
  {S} sat down {spot} and {calm_rest}
  {S} {calm_rest} and then {act}
  {spot}, {S} {act}
  {S} wanted to {act:base}, but {he} only {calm_rest}
  {act:ing}, {S} {calm_rest}
mixed:
  although {bad}, {S} {glad_react}
  {good}, but {S} {sad_react}
  {bad}, yet {S} {glad_react}
  {S} tried to smile, but {bad}
  {S} was {sad_adj} at first, until {good}
  {S} was {glad_adj} at first, until {bad}
  even though {good}, {S} felt {sad_adj}
joy_surprise*:
  delight joy
glad_surprise*:
  relief surprise comfort
sad_surprise*:
  dismay regret annoyance
bleak_surprise*:
  horror despair
joy_clause:
  {good}
glad_clause:
  {good}
sad_clause:
  {bad}
bleak_clause:
  {bad}
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
""")
