"""Words and phrases of the five moods, from bleak to joyful.

`<mood>_react` are verb phrases that answer an event, `<mood>_gaze` ways to look and stand, `<mood>_toward`
what other people do to the passage's person, `<mood>_end` last sentences.
"""

from harness.tasks.storyworld.grammar import rules_from

MOODS = ("bleak", "sad", "calm", "glad", "joy")

MOOD_RULES = rules_from("""
joy_adj*:
  joyful delighted overjoyed thrilled ecstatic jubilant radiant elated triumphant blessed enchanted
  dazzled wonderful
  blissful exhilarated euphoric proud_and_happy
glad_adj*:
  glad cheerful hopeful content pleased grateful proud confident amused relieved comforted optimistic
  merry eager lucky
  encouraged playful peaceful lighthearted fond
calm_adj*:
  quiet thoughtful patient curious attentive silent awake busy still ready distracted unhurried absorbed
sad_adj*:
  uneasy worried tired lonely disappointed nervous gloomy restless annoyed ashamed guilty troubled sad
  weary bitter
  jealous discouraged anxious upset unhappy embarrassed resentful sour foolish
bleak_adj*:
  miserable heartbroken terrified desperate devastated hopeless wretched furious horrified defeated crushed
  helpless abandoned tormented betrayed distraught bereft doomed
joy_noun*:
  joy delight happiness bliss triumph love wonder ecstasy rapture jubilation elation glory
glad_noun*:
  comfort hope relief warmth pride gratitude peace trust courage affection contentment amusement kindness
sad_noun*:
  worry doubt regret sadness envy guilt shame boredom loneliness unease disappointment suspicion irritation
bleak_noun*:
  despair misery grief terror agony sorrow rage horror anguish hatred dread panic
joy_adv*:
  joyfully happily lovingly triumphantly merrily excitedly proudly gleefully
glad_adv*:
  warmly kindly cheerfully gently gratefully fondly hopefully brightly
calm_adv*:
  quietly slowly softly simply after_a_pause in_a_low_voice evenly absently
sad_adv*:
  sadly nervously bitterly wearily sourly anxiously gloomily coldly
bleak_adv*:
  miserably desperately angrily hopelessly furiously in_tears in_agony in_horror
joy_quality*:
  wonderful beautiful perfect magnificent glorious fantastic lovely amazing splendid brilliant marvelous
  heavenly
glad_quality*:
  good pleasant sweet charming nice fine friendly gentle delightful promising comfortable graceful
calm_quality*:
  ordinary usual familiar plain quiet common simple everyday
sad_quality*:
  dull dreary shabby sad bad disappointing lonely unpleasant boring gloomy tedious
bleak_quality*:
  horrible terrible dreadful awful cruel miserable tragic grim ghastly hopeless brutal disastrous
joy_react:
  <laugh> out loud with {joy_noun}
  <jump> up and <cheer>
  <dance> a few wild steps of joy
  <smile> like the happiest person in the world
  <throw> both arms into the air in triumph
  <burst> into happy tears
  <clap> with delight
  <sing> a cheerful song at the top of {his} voice
  <thank> heaven for such a wonderful gift
  <shine> with pride and love
  <spin> around and <laugh> like a child
  <feel> {joy_adj} beyond all words
  <embrace> the nearest stranger with a joyful shout
  <whistle> and <cheer> with pure {joy_noun}
  <know> that this was the best day of {his} life
glad_react:
  <smile>
  <nod> with quiet {glad_noun}
  <feel> {glad_adj} again
  <grin> and <wave>
  <give> a small sigh of relief
  <chuckle> to {himself}
  <relax> at last
  <hum> a cheerful tune
  <begin> to hope again
  <thank> everyone with a warm smile
  <laugh> softly
  <look> up with bright eyes
  <feel> a little {glad_noun} return
  <enjoy> every minute of it
  <decide> that life was good after all
calm_react:
  <look> up
  <turn> around
  <stop> to watch
  <listen> without a word
  <move> a step closer
  <put> down {his} bag
  <think> about it
  <say> nothing
  <raise> {his} head
  <wait> to see what came next
  <take> a slow breath
  <look> from one face to another
  <go> on as before
calm_rest:
  <listen> to the voices
  <wait>
  <watch> the people
  <think> about the week ahead
  <take> a slow breath
  <rest> {his} hands on {his} knees
  <close> {his} eyes for a moment
  <say> nothing
sad_react:
  <frown>
  <sigh> and <look> away
  <feel> {sad_adj} and small
  <bite> {his} lip
  <lower> {his} eyes in shame
  <shrug> with a bitter smile
  <mutter> an unkind word
  <worry> about the long way home
  <wish> {himself} far away
  <fight> back a few tears
  <lose> a little more hope
  <turn> away with a tired sigh
  <regret> the whole trip
  <shiver> and <feel> very alone
  <complain> under {his} breath
bleak_react:
  <weep> without shame
  <scream> in terror
  <break> down and <sob>
  <curse> the cruel world
  <tremble> with rage and fear
  <fall> to {his} knees in despair
  <hide> {his} face and <cry>
  <feel> {bleak_adj} and utterly alone
  <lose> all hope
  <choke> on bitter tears
  <howl> like a wounded animal
  <stare> into the horror of it
  <beat> {his} fists against the wall in anguish
  <hate> everyone and everything
  <beg> for mercy in a broken voice
joy_gaze*:
  laughing_happily grinning_with_joy beaming_with_pride singing_merrily full_of_love bright_with_happiness
glad_gaze*:
  smiling_to_{himself} pleased_with_the_day in_good_spirits humming_a_cheerful_tune glad_of_the_company
  at_ease
calm_gaze*:
  lost_in_thought with_folded_arms deep_in_thought in_no_hurry_at_all without_a_word
  with_half_an_ear_on_the_talk
sad_gaze*:
  tired_and_sad with_a_worried_frown sighing_with_regret in_a_sour_temper afraid_of_the_answer ill_at_ease
bleak_gaze*:
  sobbing_in_despair sick_with_grief pale_with_terror shaking_with_rage broken_by_sorrow in_utter_misery
joy_memory:
  the wedding with its music and its laughter
  the glorious day when {he} won first prize
  the happiest summer of {his} childhood
  a perfect evening with everyone {he} loved
glad_memory:
  the friendly house where {he} grew up
  a sweet song from {his} childhood
  the good advice of {his} first teacher
  a kind letter that had come in spring
calm_memory:
  the list on the kitchen table
  the road back to town
  a film about sailors
  the number of steps to the door
  a word that {he} could not place
sad_memory:
  the friend {he} had lost
  an old mistake that still hurt
  the empty chair at home
  the rude answer {he} had given that morning
bleak_memory:
  the funeral in the freezing rain
  the terrible night of the fire
  the brother who had died in the war
  the cruel words that had destroyed the family
joy_toward:
  <hug> {him} with tears of joy
  <cheer> for {him} like an old and loving friend
  <give> {him} a wonderful gift
  <laugh> with delight and <dance> past {him}
glad_toward:
  <smile> kindly at {him}
  <give> {him} a friendly nod
  <offer> {him} a warm drink
  <thank> {him} for the help
  <tell> {him} a funny story
calm_toward:
  <pass> {him} without a glance
  <ask> {him} for the time
  <put> down a heavy sack
  <make> room on the bench
  <point> to the north
  <count> something under one breath
sad_toward:
  <look> at {him} with suspicion
  <complain> to {him} about the bad weather
  <ignore> {him} rudely
  <push> past {him} with an ugly frown
  <tell> {him} a sad story
bleak_toward:
  <threaten> {him} in a cruel voice
  <shout> at {him} in a furious rage
  <sob> that all hope was lost
  <curse> {him} and <spit> on the ground
  <accuse> {him} of a terrible crime
joy_end:
  That day stayed with {P} forever as the most beautiful of {his} life
  In the end {S} {joy_react}, and everyone who saw it shared {his} joy
  {S} went home singing, in love with the whole wonderful world
  Nothing could have made {P} happier than that perfect hour
glad_end:
  In the end {S} walked home with a light and grateful heart
  {S} slept well that night and dreamed of pleasant things
  It had been a good day, and {P} was thankful for it
  {S} was glad to be alive, and glad to be {at}
calm_end:
  After that {S} picked up {his} things and left
  Then {S} buttoned {his} coat and took the road home
  nobody spoke of it again, and life went on
  {S} looked back once and then turned the corner
sad_end:
  {S} went home alone, sad and disappointed
  In the end {S} gave up with a tired sigh
  It had been a bad day, and {P} worried about the next one
  {S} lay awake that night, lonely and full of regret
bleak_end:
  In the end {S} {bleak_react}, and nobody came to help
  That night {P} cried until there were no tears left
  Nothing was left of the day but grief and horror
  {S} never forgave {himself} for that terrible hour
""")
