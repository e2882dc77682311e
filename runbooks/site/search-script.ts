// The script of a page of the site: search over all pages, and a button that copies a command.

/** Runs in a browser, without any library. `ROOT` stands for the way to the site's root. */
export const SEARCH_SCRIPT = String.raw`
(() => {
  const root = ROOT;
  const input = document.getElementById('search');
  const results = document.getElementById('results');
  const entries = (window.RUNBOOK_ENTRIES || []).map((entry) => ({
    ...entry,
    head: (entry.page + ' ' + entry.title).toLowerCase(),
    body: entry.text.toLowerCase(),
  }));
  const wordsOf = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);

  const score = (entry, words) => {
    let sum = 0;
    for (const word of words) {
      if (entry.head.includes(word)) sum += 10;
      else if (entry.body.includes(word)) sum += 1;
      else return 0;
    }
    return sum;
  };

  const excerpt = (entry, words) => {
    const at = Math.min(...words.map((word) => entry.body.indexOf(word)).filter((found) => found >= 0));
    if (!Number.isFinite(at)) return entry.text.slice(0, 120);
    const from = Math.max(0, at - 40);
    return (from > 0 ? '…' : '') + entry.text.slice(from, from + 120);
  };

  const show = () => {
    const words = wordsOf(input.value);
    const found = words.length === 0 ? [] : entries
      .map((entry, index) => ({ entry, index, score: score(entry, words) }))
      .filter((each) => each.score > 0)
      .sort((a, b) => b.score - a.score || a.index - b.index)
      .slice(0, 20);
    results.replaceChildren(...found.map(({ entry }) => {
      const item = document.createElement('li');
      const link = document.createElement('a');
      link.href = root + entry.url;
      const title = document.createElement('strong');
      title.textContent = entry.title === entry.page ? entry.page : entry.page + ' › ' + entry.title;
      const text = document.createElement('span');
      text.textContent = excerpt(entry, words);
      link.append(title, text);
      item.append(link);
      return item;
    }));
    if (words.length > 0 && found.length === 0) {
      const item = document.createElement('li');
      item.textContent = 'Nothing found.';
      results.append(item);
    }
    results.hidden = words.length === 0;
  };

  const move = (step) => {
    const links = [...results.querySelectorAll('a')];
    const at = links.indexOf(document.activeElement);
    const next = links[at + step];
    (next || input).focus();
  };

  input.addEventListener('input', show);
  document.addEventListener('keydown', (event) => {
    const inSearch = event.target === input || results.contains(event.target);
    if (event.key === '/' && event.target !== input) {
      event.preventDefault();
      input.focus();
    } else if (event.key === 'Escape' && inSearch) {
      input.value = '';
      show();
      input.blur();
    } else if (inSearch && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      move(event.key === 'ArrowDown' ? 1 : -1);
    } else if (event.key === 'Enter' && event.target === input) {
      results.querySelector('a')?.click();
    }
  });
  results.addEventListener('click', () => { results.hidden = true; });

  for (const code of document.querySelectorAll('pre > code')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Copy';
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = 'Copied';
    });
    if (navigator.clipboard) code.parentElement.append(button);
  }
})();
`;
