// The life of an alert, observation by observation.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AlertState, INACTIVE, nextAlertState } from '../../slo/alert-state.ts';

type Seen = readonly [now: number, active: boolean | undefined];

function live(seen: readonly Seen[], pendingFor: number, keepFiringFor: number) {
  let state: AlertState = INACTIVE;
  const transitions: string[] = [];
  for (const [now, active] of seen) {
    // What a store keeps must be enough to go on: every step starts from a copy that went through JSON.
    const kept = JSON.parse(JSON.stringify(state)) as AlertState;
    const next = nextAlertState(kept, { now, active, pendingFor, keepFiringFor });
    state = next.state;
    if (next.transition !== undefined) transitions.push(`${next.transition} ${now}`);
  }
  return { state, transitions };
}

describe('an alert', () => {
  it('fires at once when nothing is to be waited for, and resolves at once', () => {
    const { state, transitions } = live(
      [
        [10, false],
        [11, true],
        [12, true],
        [13, false],
      ],
      0,
      0,
    );
    expect(transitions).toEqual(['firing 11', 'resolved 13']);
    expect(state).toEqual({ phase: 'inactive', firingSince: 11, resolvedAt: 13 });
  });

  it('is pending first when it must hold for a while, and goes back without a word when it clears', () => {
    expect(
      live(
        [
          [0, true],
          [59, true],
          [60, true],
        ],
        60,
        0,
      ).transitions,
    ).toEqual(['pending 0', 'firing 60']);
    const cleared = live(
      [
        [0, true],
        [59, false],
        [60, true],
        [119, true],
      ],
      60,
      0,
    );
    expect(cleared.transitions).toEqual(['pending 0', 'pending 60']);
    expect(cleared.state).toEqual({ phase: 'pending', activeSince: 60 });
  });

  it('keeps firing after it cleared, counted from the first clear look', () => {
    const seen: readonly Seen[] = [
      [0, true],
      [10, false],
      [1800, false],
      [1809, false],
      [1810, false],
    ];
    expect(live(seen, 0, 1800).transitions).toEqual(['firing 0', 'resolved 1810']);
  });

  it('starts keeping anew when its condition comes back: one page, not two', () => {
    const seen: readonly Seen[] = [
      [0, true],
      [10, false],
      [1700, true],
      [1710, false],
      [3509, false],
      [3510, false],
    ];
    expect(live(seen, 0, 1800).transitions).toEqual(['firing 0', 'resolved 3510']);
  });

  it('stands still while nothing is known, in every phase', () => {
    for (const state of [
      INACTIVE,
      { phase: 'pending', activeSince: 5 },
      { phase: 'firing', activeSince: 5, firingSince: 5 },
      { phase: 'firing', activeSince: 5, firingSince: 5, clearSince: 7 },
    ] as const)
      expect(
        nextAlertState(state, { now: 1e6, active: undefined, pendingFor: 0, keepFiringFor: 0 }),
      ).toEqual({ state });
  });

  it('remembers its last firing while it rests, so that the resolution can be repeated', () => {
    const seen: readonly Seen[] = [
      [0, true],
      [5, false],
      [6, false],
      [7, true],
      [8, false],
    ];
    const { state, transitions } = live(seen, 60, 0);
    expect(transitions).toEqual(['pending 0', 'pending 7']);
    expect(state).toEqual(INACTIVE);
    const after = live(
      [
        [0, true],
        [5, false],
        [6, true],
      ],
      0,
      0,
    );
    expect(after.transitions).toEqual(['firing 0', 'resolved 5', 'firing 6']);
    expect(after.state).toEqual({ phase: 'firing', activeSince: 6, firingSince: 6 });
  });

  it('fires and resolves in turn, and never resolves what did not fire', () => {
    const story = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 400 }), fc.constantFrom(true, false, undefined)),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(
        story,
        fc.constantFrom(0, 60),
        fc.constantFrom(0, 300),
        (steps, pendingFor, keep) => {
          let now = 0;
          const seen = steps.map(([step, active]): Seen => [(now += step), active]);
          const { state, transitions } = live(seen, pendingFor, keep);
          const loud = transitions
            .map((each) => each.split(' ')[0])
            .filter((each) => each !== 'pending');
          expect(loud).toEqual(loud.map((_, k) => (k % 2 === 0 ? 'firing' : 'resolved')));
          expect(state.phase === 'firing').toBe(loud.at(-1) === 'firing');
        },
      ),
    );
  });
});
