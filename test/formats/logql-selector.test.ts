// Which streams a log query reads is told apart from what it makes of their lines.
import { expect, it } from 'vitest';
import { streamSelector } from '../../formats/logql-selector.ts';

it.each([
  ['{app="web"}', '{app="web"}'],
  ['{app="web", env=~"prod|{1}"} | json | status >= 500', '{app="web", env=~"prod|{1}"}'],
  ['# all of it\n{app="web"} |~ `{a="b"}` # lines', '{app="web"}'],
])('finds the streams of %s', (query, streams) => {
  expect(streamSelector(query)).toBe(streams);
});

it.each(['', 'up', 'sum(count_over_time({app="web"}[5m]))'])('finds none in %s', (text) => {
  expect(streamSelector(text)).toBeUndefined();
});
