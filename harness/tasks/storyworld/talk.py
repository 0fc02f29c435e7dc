"""What people say in each mood: statements, questions and shouts, each without its final mark."""

from harness.tasks.storyworld.grammar import rules_from

TALK = rules_from("""
joy_say:
  This is the happiest day of my life
  I have never seen anything so wonderful
  We won, and I love every one of you
  It is a miracle, a perfect and beautiful miracle
  My heart is so full of joy that I could fly
  You are the best friend anyone could have
  Everything turned out better than I dared to dream
  What a glorious and lovely surprise
  I adore this place and everybody in it
  Tonight we celebrate with music and cake
glad_say:
  I am glad that we came
  It looks much better now
  You did a good job today
  I like the way this smells
  There is still hope for us
  That was kind of you
  We are lucky to have such nice weather and such company
  I feel safe here
  Thank you for the help
  It was worth the long walk
  I think we will be fine
calm_say:
  It is later than I thought
  I left the key under the mat
  The road goes past the mill and then over the hill
  We can start in a minute
  I used to come here with my uncle
  Somebody should write this down
  The next one leaves in an hour
  I will be back before dark
  It has always been like this
  They moved to the other side of the river
  We need more string
sad_say:
  I am sorry that I ever came
  It is too late, and I am tired
  Nobody ever listens to me
  I was wrong about almost everything
  I miss the old days more than I can say
  It hurts to see it like this
  We wasted the whole day
  I am afraid that I have bad news
  You should have warned me about the problem
  I feel so lonely in this town
  That was a stupid mistake
bleak_say:
  There is no hope left for any of us
  I hate this terrible place
  He is dead, and it is all my fault
  I have lost everything that I loved
  They betrayed us, and now we are ruined
  I cannot bear this horrible pain
  It was murder, cruel and cold murder
  The war has destroyed my whole family
  I am scared to death
  Everything we built has been destroyed
joy_ask:
  Is this not the most wonderful thing you ever saw
  Can you believe how lucky and happy we are
  Did you see that brilliant, beautiful leap
  Shall we dance until morning and celebrate
glad_ask:
  Would you like a sweet bun and a friendly chat
  Are you feeling better now
  May I help you with that
  Is it not a fine day for a walk
calm_ask:
  What time does it close
  Do you know the way from here
  Who lives in the house on the corner
  Have you been here before
  Which of these would you choose
  Where did you put the map
sad_ask:
  Why does nobody care about us
  What is wrong with you today
  Are you angry with me
  Did you lose it again
bleak_ask:
  Why did they have to kill him
  How can anyone be so cruel
  Is there no end to this misery
  Who could do such a horrible thing
joy_cry:
  Hurray, we won
  I love you all
  What a magnificent surprise
  It is a miracle
  We are free at last
glad_cry:
  Well done
  How nice of you to come
  Good luck to you
  Welcome home
calm_cry:
  Wait a moment
  Over here
  Look at that
  Come in
sad_cry:
  Leave me alone
  You lied to me
  What a shame
  That is not fair
bleak_cry:
  Help, somebody help
  You have ruined my life
  I will never forgive you
  They are all dead
  Stop, you are hurting me
""")
