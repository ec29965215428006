(() => {
  'use strict';
  const doc = document, root = doc.documentElement;
  const all = (selector, from = doc) => [...from.querySelectorAll(selector)];

  // Tools that need a script are hidden until there is one.
  const keep = { get: () => { try { return localStorage.getItem('theme'); } catch { return null; } },
                 set: theme => { try { localStorage.setItem('theme', theme); } catch { /* a file has no storage everywhere */ } } };
  const known = keep.get();
  if (known === 'light' || known === 'dark') root.dataset.theme = known;
  const tools = doc.querySelector('.tools');
  if (tools) {
    tools.hidden = false;
    const theme = tools.querySelector('[data-act=theme]'), print = tools.querySelector('[data-act=print]');
    theme.addEventListener('click', () => {
      const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme:dark)').matches;
      root.dataset.theme = dark ? 'light' : 'dark';
      keep.set(root.dataset.theme);
    });
    if (print) print.addEventListener('click', () => window.print());
  }

  // Paper shows everything; afterwards all is as it was.
  let opened = [];
  addEventListener('beforeprint', () => { opened = all('details:not([open])'); for (const d of opened) d.open = true; });
  addEventListener('afterprint', () => { for (const d of opened) d.open = false; });

  // A link to a rule opens what is folded in it.
  const reveal = () => {
    let id = '';
    try { id = decodeURIComponent(location.hash.slice(1)); } catch { return; }
    const target = id && doc.getElementById(id);
    if (!target || target.matches('section, main')) return;
    target.hidden = false;
    const folded = target.querySelector('details');
    if (folded) folded.open = true;
  };
  addEventListener('hashchange', reveal);
  reveal();

  // Filter by outcome, by text and by group; the outcome is kept in the address.
  for (const bar of all('[data-filter]')) {
    const id = bar.dataset.filter, rows = all('#' + id + ' [data-s]'), buttons = all('button', bar);
    const said = bar.querySelector('output'), find = bar.querySelector('input'), pick = bar.querySelector('select');
    const count = row => Number(row.dataset.n || 1), total = rows.reduce((n, row) => n + count(row), 0);
    const words = new Map();
    let state = '';
    const go = () => {
      const text = find ? find.value.trim().toLowerCase() : '', group = pick ? pick.value : '';
      let shown = 0;
      for (const row of rows) {
        if (text && !words.has(row)) words.set(row, row.textContent.toLowerCase());
        const ok = (!state || row.dataset.s.split(' ').includes(state)) && (!text || words.get(row).includes(text))
          && (!group || row.dataset.c === group);
        row.hidden = !ok;
        if (ok) shown += count(row);
      }
      for (const button of buttons) button.setAttribute('aria-pressed', String(button.value === state));
      said.textContent = state || text || group ? 'Showing ' + shown + ' of ' + total : '';
    };
    for (const button of buttons) button.addEventListener('click', () => {
      state = button.value;
      history.replaceState(null, '', '#' + id + (state ? ':' + state : ''));
      go();
    });
    if (find) find.addEventListener('input', go);
    if (pick) pick.addEventListener('change', go);
    const asked = /^#([\w-]+):([\w-]+)$/.exec(location.hash);
    bar.hidden = false;
    if (asked && asked[1] === id && buttons.some(button => button.value === asked[2])) {
      state = asked[2];
      go();
      doc.getElementById(id).scrollIntoView();
    }
  }

  // Sort by the columns that say they can be sorted by.
  for (const table of all('table[data-sort]')) {
    const heads = all('thead th', table);
    heads.forEach((head, column) => {
      if (head.dataset.key === undefined) return;
      const button = doc.createElement('button');
      button.type = 'button';
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => {
        const up = head.getAttribute('aria-sort') !== 'ascending';
        for (const other of heads) other.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
        // A table of groups is sorted by group, any other by row.
        const groups = [...table.tBodies], single = groups.length === 1;
        const units = single ? [...groups[0].rows] : groups;
        const value = unit => { const cell = (single ? unit : unit.rows[0]).cells[column]; return cell.dataset.v ?? cell.textContent.trim(); };
        const order = (a, b) => {
          const x = parseFloat(a.v), y = parseFloat(b.v);
          const less = isNaN(x) || isNaN(y) ? a.v.localeCompare(b.v) : x - y;
          return up ? less : -less;
        };
        const sorted = units.map(unit => ({ unit, v: value(unit) })).sort(order).map(s => s.unit);
        (single ? groups[0] : table).append(...sorted);
      });
    });
  }

  // Where the reader is, in the navigation.
  const links = new Map(all('.side nav a[href^="#"]').map(a => [a.hash.slice(1), a]));
  if (links.size && 'IntersectionObserver' in window) {
    const seen = new Set();
    const watch = new IntersectionObserver(entries => {
      for (const e of entries) e.isIntersecting ? seen.add(e.target.id) : seen.delete(e.target.id);
      const here = [...links.keys()].find(id => seen.has(id));
      for (const [id, a] of links) id === here ? a.setAttribute('aria-current', 'location') : a.removeAttribute('aria-current');
    }, { rootMargin: '-10% 0px -70% 0px' });
    for (const id of links.keys()) {
      const section = doc.getElementById(id);
      if (section && section.matches('section')) watch.observe(section);
    }
  }
})();
