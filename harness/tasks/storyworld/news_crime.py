"""Templates for news of trials and robberies. The notation is explained in `reports.py`."""

CRIME = """
= court
#months: 7 36
#sum: 12000 96000 1000
~crime:
  stealing from the church fund = robbing a parish
  selling forged paintings = dealing in fake art
  watering down the milk = diluting milk
  faking the results of car inspections = inventing vehicle tests
  collecting rent for houses that did not exist = renting out imaginary homes
~mercy:
  a clean record = no earlier offenses
  a full confession = a confession
  an offer to repay the money = an offer to pay it all back
lead:
  a court in {town} found {name} guilty on {day} of {crime}, a scheme that ran for several years
  {name} was convicted of {crime} by a court in {town} on {day}
  the trial of {name} for {crime} ended in {town} on {day} with a verdict of guilty
must1:
  the judge, {official}, sentenced {last} to {months} months in prison
  {last} must spend {months} months in prison, judge {official} ruled
must2:
  the damage adds up to {sum} dollars, according to the prosecution
  witnesses showed that {sum} dollars had disappeared
must3:
  the court took {mercy} into account
  because of {mercy}, the sentence was milder than the prosecution had asked
more:
  the case came to light when a clerk compared two sets of books
  the trial had lasted nine days and filled the gallery
  the defense said that it would consider an appeal
  {last} showed no emotion when the verdict was read
  two partners had already been fined in spring
quote:
  Trust is slow to build and quick to break
  The verdict is fair, and the town can move on
  Most of us had known the family for years
facts:
  {name} | {last}
  {town}
  {crime} | {crime2}
  #months months
  #sum dollars
summary:
  {last} goes to jail for {months_about} months for {crime2} in {town}, a fraud worth {sum_about} dollars
  for {crime2} in {town}, {last} goes behind bars for {months_about} months; the victims lost \
    {sum_about} dollars
  despite {mercy2}, {crime2} puts {last} of {town} behind bars for {months_about} months
  behind bars for {months_about} months is {last}, who earned {sum_about} dollars by {crime2} in {town}
= robbery
#value: 11000 94000 1000
#suspects: 2 6
~target:
  a jewelry store = a jeweler
  a coin dealer = a coin shop
  a post office = a mail counter
  an art gallery = a gallery
  a pharmacy = a drugstore
~disguise:
  painters = house painters
  window cleaners = cleaners
  wedding guests = a wedding party
  tourists = sightseers
~mistake:
  a forgotten glove = a glove left behind
  a loud argument = a quarrel
  a flat tire = car trouble
lead:
  thieves dressed as {disguise} robbed {target} in {town} on {day} in broad daylight
  {target} in {town} was robbed on {day} by thieves dressed as {disguise}
  thieves who were dressed as {disguise} emptied {target} in {town} on {day}
must1:
  they left with goods worth {value} dollars in two paint buckets
  the owner put the loss at {value} dollars
must2:
  police arrested {suspects} suspects before midnight
  by evening {suspects} suspects were in custody
must3:
  it was {mistake} that gave the gang away
  the police found the gang because of {mistake}
more:
  a customer and two clerks were not harmed
  the whole raid was over in four minutes
  part of the loot is still missing
  the cameras had been switched off for repairs
  a getaway car was found behind the station
quote:
  They were so polite that I held the door for them
  It was clever, but not clever enough
  I thought it was a film
facts:
  {target} | {target2}
  {town}
  {disguise} | {disguise2}
  #value dollars
  #suspects suspects, people, robbers
  {mistake} | {mistake2}
summary:
  {mistake2} has betrayed {suspects_about} robbers who posed as {disguise2} and took {value_about} \
    dollars from \
    {target2} in {town}
  {target2} in {town} lost {value_about} dollars to {suspects_about} robbers posing as {disguise2}, whom \
    {mistake2} \
    betrayed
  {mistake2} helped to catch {suspects_about} robbers in {town} who posed as {disguise2} and raided {target2}
"""
