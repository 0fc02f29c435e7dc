"""The first sentences of a story, and its object that may be lost and found."""

from harness.tasks.storyworld.grammar import rules_from

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
  {S} held {a} {thing_adj} {thing} close to {his} chest
  {S} had brought {a} {thing_adj} {thing} for {giver}
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
  teacher baker nurse carpenter painter student gardener tailor clerk musician farmer sailor cook doctor
  potter
  weaver engineer driver beekeeper clockmaker translator printer shoemaker dentist plumber lawyer reporter
  singer
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
  sealed_letter folded_letter yellowed_letter old_violin dark-red_violin silver_watch battered_watch
  blue_scarf
  woolen_scarf paper_kite striped_kite faded_map folded_map black_umbrella broken_umbrella leather_notebook
  green_notebook tin_lantern red_lantern framed_photograph creased_photograph cracked_teapot painted_teapot
  wooden_flute oval_mirror brass_compass checked_blanket gray_blanket heavy_parcel flat_parcel toy_drum
  old_camera
  silver_bracelet glass_jar carved_spoon rusty_key patched_doll clay_whistle music_box wicker_basket
  velvet_hat
""")
