"""The league: techniques, plain among them, on six targets, at equal steps and at equal cost.

    make league                  # goes on measuring; then writes docs/league.md and its picture
    make league ARGS=--plan      # says what that would take

The rules, fixed before the first result:

- What plays is in `contestants`: the techniques, what they cost, their numbers and optimizers; the
  targets are in `ganlab.league`. Each technique enters twice: at the course's rates, and with the
  numbers and the optimizer that were published.
- All train the same networks, of two hidden layers of 64, in batches of 64 and for 5,000 steps of
  G. Each is held against the same plain GAN: non-saturating, at the course's rates, in full.
- What is compared is the share of seeds that end *close*, in the course's words (`ganlab.endings`;
  for the circle, which has no modes, see `ganlab.league`). Told beside it: how many runs hold
  all modes, the Wasserstein-1 distance, the cost of a step.
- At equal cost a run is judged earlier, where it has cost what the plain GAN cost in 5,000 steps.
  What costs no more than it has no such cell: it is the one at equal steps.
- The league is one family: over all its cells, with all their looks, the chance of one false firm
  statement is at most 5 in 100.
- Seeds are those from 10,000 on, for all the same. Nothing is tuned on them.
"""
