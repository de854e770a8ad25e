// What a page gains with scripts: the reader's own time, a countdown, a draft
// that survives, Ctrl+Enter, and a switch that stops everything that moves.
(() => {
  'use strict';
  const root = document.documentElement;
  const all = (selector, from = document) => from.querySelectorAll(selector);
  const store = {
    get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { value === null ? localStorage.removeItem(key) : localStorage.setItem(key, value); } catch { /* private window */ } },
    keys: () => { try { return Object.keys(localStorage); } catch { return []; } },
  };

  // Times. A page says them in UTC; <html data-zone> or the browser says where the reader is.
  const zone = root.dataset.zone || Intl.DateTimeFormat().resolvedOptions().timeZone;
  const parts = (date, timeZone) => Object.fromEntries(new Intl.DateTimeFormat('en-GB', {
    timeZone, weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
  }).formatToParts(date).map((part) => [part.type, part.value]));
  const span = (text, name) => Object.assign(document.createElement('span'), { textContent: text, className: name });
  const localize = (from) => all('time[data-local]', from).forEach((time) => {
    const date = new Date(time.dateTime);
    if (time.dataset.done || isNaN(date)) return;
    time.dataset.done = 1;
    const here = parts(date, zone), utc = parts(date, 'UTC');
    const clock = `${here.hour}:${here.minute}`, otherDay = here.day !== utc.day;
    if (!otherDay && clock === `${utc.hour}:${utc.minute}`) return;
    const dated = otherDay || time.dataset.local === 'date';
    const original = time.textContent + (otherDay && time.dataset.local !== 'date' ? ` ${utc.day} ${utc.month}` : '');
    time.replaceChildren(span(`${dated ? `${here.weekday} ${here.day} ${here.month}, ` : ''}${clock} (`, 'here'), original, span(')', 'here'));
  });
  const offset = () => (new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' })
    .formatToParts().find((part) => part.type === 'timeZoneName') || {}).value.replace('GMT', 'UTC');
  all('[data-zone-name]').forEach((node) => { node.textContent = `${zone} (${offset()})`; });

  all('input[data-browser-zone]').forEach((input) => { input.value ||= zone; });

  // Countdowns: minutes until five remain, then seconds. The whole minute that was promised counts as kept.
  const title = document.title;
  const tab = document.querySelector('link[rel="icon"]');
  let paused = store.get('amends:paused') === '1', timer;
  const left = (ms) => {
    const s = Math.ceil(ms / 1000), m = Math.ceil(s / 60);
    if (s < 300) return s < 60 ? `${s} s` : `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, '0')} s`;
    return m < 60 ? `${m} min` : m < 2880 ? `${Math.floor(m / 60)} h${m % 60 ? ` ${m % 60} min` : ''}` : `${Math.floor(m / 1440)} days`;
  };
  const behind = (ms) => {
    const m = Math.floor(ms / 60000);
    return m < 60 ? `${m} min late` : m < 2880 ? `${Math.floor(m / 60)} h ${m % 60} min late` : `${Math.floor(m / 1440)} days late`;
  };
  const count = () => {
    clearTimeout(timer);
    let soonest = Infinity;
    all('[data-due]').forEach((node) => {
      const ms = new Date(node.dataset.due) - Date.now();
      const late = ms <= -60000, box = node.closest('[data-state]');
      const here = parts(new Date(node.dataset.due), zone);
      const text = late && !paused ? behind(-ms) : paused ? `by ${here.hour}:${here.minute}` : ms > 0 ? `in ${left(ms)}` : 'due now';
      if (node.textContent !== text) node.textContent = text;
      if (box && late) box.dataset.state = 'late';
      if (ms < soonest) soonest = ms;
    });
    if (soonest === Infinity) return;
    const late = soonest <= -60000;
    if (tab && late && tab.dataset.late) tab.href = tab.dataset.late;
    document.title = paused ? title : `(${late ? behind(-soonest) : soonest > 0 ? left(Math.max(soonest, 60000)).replace(/ min .*/, ' min') : 'due'}) ${title}`;
    if (!paused) timer = setTimeout(count, soonest > -60000 && soonest < 301000 ? 1000 - Date.now() % 1000 : 5000);
  };

  // Live updates: on · Pause. Paused, the page opens no stream; going on loads what was missed.
  const live = () => {
    if (paused) all('[data-live]').forEach((node) => node.remove());
    all('[data-live-switch]').forEach((box) => {
      box.hidden = false;
      box.querySelector('[data-live-word]').textContent = paused ? 'paused' : 'on';
      const button = box.querySelector('button');
      button.textContent = paused ? 'Go on' : 'Pause';
      button.onclick = () => {
        paused = !paused;
        store.set('amends:paused', paused ? '1' : null);
        if (paused) { live(); count(); } else location.reload();
      };
    });
  };

  // Drafts stay in this browser until the server has confirmed the post, or the person signs out.
  const inputs = (form) => [...form.elements].filter((e) => e.name && !['hidden', 'password', 'file', 'submit', 'button'].includes(e.type));
  all('[data-confirmed]').forEach((node) => store.keys().forEach((key) => {
    const draft = key.replace(/^amends:draft:/, '');
    if (draft !== key && (node.dataset.confirmed === '*' || node.dataset.confirmed === draft)) store.set(key, null);
  }));
  all('form[data-draft]').forEach((form) => {
    const key = `amends:draft:${form.dataset.draft}`;
    const saved = form.hasAttribute('data-kept') ? null : JSON.parse(store.get(key) || 'null');
    if (saved) inputs(form).forEach((e) => {
      const value = saved[e.name];
      if (value === undefined) return;
      if (e.type === 'radio' || e.type === 'checkbox') e.checked = [].concat(value).includes(e.value);
      else if (!e.value) e.value = value;
    });
    let wait;
    form.addEventListener('input', () => {
      clearTimeout(wait);
      wait = setTimeout(() => {
        const values = {};
        inputs(form).forEach((e) => {
          if (e.type === 'checkbox') (values[e.name] ||= []).push(...(e.checked ? [e.value] : []));
          else if (e.type !== 'radio' || e.checked) values[e.name] = e.value;
        });
        store.set(key, JSON.stringify(values));
        const here = parts(new Date(), zone);
        all('[data-draft-said]', form).forEach((node) => { node.textContent = `Draft saved ${here.hour}:${here.minute}`; });
      }, 400);
    });
  });

  document.addEventListener('keydown', (event) => {
    const form = event.target.form;
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || !form) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector('[data-post]'));
  });

  live();
  localize(document);
  count();
  // What arrives later gets its times too.
  new MutationObserver((changes) => {
    if (changes.some((c) => [...c.addedNodes].some((n) => n.nodeType === 1 && (n.matches('time[data-local],[data-due]') || n.querySelector('time[data-local],[data-due]'))))) { localize(document); count(); }
  }).observe(document.body, { childList: true, subtree: true });
  const errors = document.querySelector('[data-focus]');
  if (errors) errors.focus();
})();
