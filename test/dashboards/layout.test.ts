// Panels fill Grafana's grid: whatever their sizes, none lies on another and no line has a hole.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collapsedRow, row } from '../../dashboards/dashboard.ts';
import { GRID_COLUMNS, type PlacedRow, placeRows } from '../../dashboards/layout.ts';
import { textPanel } from '../../dashboards/panel.ts';

const panels = fc.array(
  fc.record({ width: fc.integer({ min: -2, max: 30 }), height: fc.integer({ min: 0, max: 12 }) }),
  { maxLength: 12 },
);
const rows = fc.array(fc.record({ collapsed: fc.boolean(), panels, title: fc.constant('Row') }), {
  maxLength: 5,
});

const place = (
  written: readonly {
    readonly collapsed: boolean;
    readonly title: string;
    readonly panels: readonly { readonly width: number; readonly height: number }[];
  }[],
): readonly PlacedRow[] =>
  placeRows(
    written.map(({ title, collapsed, panels }) =>
      (collapsed ? collapsedRow : row)(
        title,
        panels.map((size, index) => textPanel({ title: String(index), text: '', ...size })),
      ),
    ),
  );

describe('the grid', () => {
  it('is covered once and only once by the titles and panels that are open', () => {
    fc.assert(
      fc.property(rows, (written) => {
        const covered = new Map<string, number>();
        let bottom = 0;
        for (const { row, place: title, panels } of place(written)) {
          const seen = row.collapsed ? [title] : [title, ...panels.map(({ place }) => place)];
          for (const { x, y, w, h } of seen) {
            bottom = Math.max(bottom, y + h);
            for (let column = x; column < x + w; column += 1)
              for (let line = y; line < y + h; line += 1)
                covered.set(`${column}/${line}`, (covered.get(`${column}/${line}`) ?? 0) + 1);
          }
        }
        expect([...covered.values()].every((times) => times === 1)).toBe(true);
        expect(covered.size).toBe(bottom * GRID_COLUMNS);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps panels in their order, inside, and at least as wide as they asked to be', () => {
    fc.assert(
      fc.property(rows, (written) => {
        for (const { panels } of place(written)) {
          let before = -1;
          for (const { panel, place } of panels) {
            const at = place.y * GRID_COLUMNS + place.x;
            expect(at).toBeGreaterThan(before);
            before = at;
            expect(place.x + place.w).toBeLessThanOrEqual(GRID_COLUMNS);
            expect(place.w).toBeGreaterThanOrEqual(
              Math.min(GRID_COLUMNS, Math.max(1, panel.width)),
            );
            expect(place.h).toBeGreaterThanOrEqual(Math.max(1, panel.height));
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('gives the panels of a closed row the place below its title', () => {
    const placed = place([
      { title: 'Closed', collapsed: true, panels: [{ width: 24, height: 8 }] },
      { title: 'Open', collapsed: false, panels: [{ width: 24, height: 8 }] },
    ]);
    expect(placed.map(({ place }) => place.y)).toEqual([0, 1]);
    expect(placed[0]?.panels[0]?.place.y).toBe(1);
  });

  it('takes no line for a first row without a title', () => {
    const [first, second] = place([
      { title: '', collapsed: false, panels: [{ width: 24, height: 4 }] },
      { title: 'Next', collapsed: false, panels: [{ width: 24, height: 4 }] },
    ]);
    expect(first?.panels[0]?.place.y).toBe(0);
    expect(second?.place.y).toBe(4);
  });
});
