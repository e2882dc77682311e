import { expect, it } from 'vitest';
import { formatJunit } from '../../formats/junit.ts';

it('writes suites, cases and what differs', () => {
  const cases = [
    { name: 'reaches its pager', failures: [] },
    {
      name: `"quotes" & <tags> 'too'`,
      file: 'a.routes.yaml',
      failures: ['receivers: expected a, got b', 'route {} → b\u0001'],
    },
  ];
  expect(formatJunit([{ name: 'a.routes.yaml', cases }])).toBe(
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="2" failures="1" errors="0" skipped="0">
  <testsuite name="a.routes.yaml" tests="2" failures="1" errors="0" skipped="0">
    <testcase classname="a.routes.yaml" name="reaches its pager"/>
    <testcase classname="a.routes.yaml" name="&quot;quotes&quot; &amp; &lt;tags&gt; &apos;too&apos;" file="a.routes.yaml">
      <failure message="receivers: expected a, got b">receivers: expected a, got b&#10;route {} → b\ufffd</failure>
    </testcase>
  </testsuite>
</testsuites>
`,
  );
});

it('is whole without any test', () => {
  expect(formatJunit([])).toContain('<testsuites tests="0"');
});
