// The console's page. All text goes in by textContent: headlines and pages are hostile input.
'use strict';
const $ = (s, r = document) => r.querySelector(s), $$ = (s, r = document) => [...r.querySelectorAll(s)];
const MOST_ROWS = 200, FACETS_SHOWN = 10, SURE_LANGUAGE = 0.985, SURE_SUBJECT = 50;

// ---- small things
function el(tag, cls, ...kids) { const e = document.createElement(tag); if (cls) e.className = cls; e.append(...kids.filter(k => k != null)); return e }
function svg(tag, attributes, ...kids) { const e = document.createElementNS('http://www.w3.org/2000/svg', tag); for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v); e.append(...kids); return e }
function button(cls, text, act) { const b = el('button', cls, text); b.type = 'button'; b.onclick = act; return b }
function put(selector, text) { const e = typeof selector === 'string' ? $(selector) : selector; if (e.textContent !== text) e.textContent = text }
const many = n => n.toLocaleString('en');
const count = (n, what) => `${many(n)} ${what}${n === 1 ? '' : 's'}`;
const perSecond = n => n >= 100 ? `${many(Math.round(n))}/s` : `${n.toFixed(1)}/s`;
function duration(s) {
  if (s == null) return 'none';
  if (s < 1) return `${s.toPrecision(s < 0.1 ? 1 : 2)} s`; if (s < 10) return `${s.toFixed(1)} s`; if (s < 120) return `${Math.round(s)} s`;
  if (s < 7200) return `${Math.round(s / 60)} min`; if (s < 172800) return `${Math.round(s / 3600)} h`; return `${Math.round(s / 86400)} days` }
const two = n => String(n).padStart(2, '0');
const clock = ms => { const d = new Date(ms); return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}` };
function when(ms) {  // today the time alone, else the day too
  if (!ms) return 'no time'; const d = new Date(ms), far = Math.abs(Date.now() - ms) > 20 * 3600e3;
  return far ? `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}` : clock(ms) }
const languageNames = new Intl.DisplayNames(['en'], {type: 'language'});
function languageName(tag) { if (tag === 'und') return 'undetermined'; try { return languageNames.of(tag) } catch { return tag } }
const spread = (e, value) => e.style.setProperty('--w', `${value}%`);

// ---- the token comes behind "#", which browsers never send; it stays in this tab
const token = (() => {
  const found = /^#token=([\w-]+)$/.exec(location.hash);
  if (found) { sessionStorage.setItem('headwater-token', found[1]); history.replaceState(null, '', location.pathname + location.search) }
  return sessionStorage.getItem('headwater-token') })();
let readOnly = !token;
const mayAct = () => !readOnly && Boolean(token);
async function ask(path, body) {
  const options = body === undefined ? {} : {method: 'POST', headers: {'Content-Type': 'application/json', Authorization: `Bearer ${token}`}, body: JSON.stringify(body)};
  let answer; try { answer = await fetch(path, options) } catch { throw new Error('The console does not answer.') }
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.error || `The console answers ${answer.status}.`);
  return told }

// ---- the address holds the view, the filters and the open record
const WIRE = ['language', 'subject', 'outlet', 'kind', 'doubtful', 'words'], FIND = {words: 'find', reason: 'reason', outlet: 'from', when: 'when'};
const address = () => new URLSearchParams(location.search);
function setAddress(changes, hash = location.hash) {
  const query = address();
  for (const [name, value] of Object.entries(changes)) { if (value) query.set(name, value); else query.delete(name) }
  const text = query.toString();
  history.replaceState(null, '', (text ? `?${text}` : location.pathname) + hash) }
function wireQuery() { const query = address(), kept = new URLSearchParams(); for (const name of WIRE) if (query.get(name)) kept.set(name, query.get(name)); return kept }
const isFiltered = () => wireQuery().size > 0;

// ---- tabs: arrows move, as the ARIA pattern has it
const tabs = $$('[role=tab]');
function show(tab, focus) {
  for (const each of tabs) { const on = each === tab; each.setAttribute('aria-selected', on); each.tabIndex = on ? 0 : -1; $(`#${each.getAttribute('aria-controls')}`).hidden = !on }
  const view = tab.id.slice(2); document.body.dataset.view = view; document.body.classList.toggle('reading', view === 'wire' && !drawer.hidden);
  setAddress({view: view === 'wire' ? '' : view}); if (focus) tab.focus();
  if (view === 'rejected') findLetters(); if (view === 'health') lookAtHour(); if (view === 'stories') lookAtStories() }
for (const each of tabs) {
  each.onclick = () => show(each);
  each.onkeydown = e => { const by = {ArrowRight: 1, ArrowLeft: -1}[e.key]; if (!by) return; const seen = tabs.filter(t => !t.hidden); show(seen[(seen.indexOf(each) + by + seen.length) % seen.length], true) } }

// ---- the list: rows by last activity, at most 200 of them; none moves under a pointer or a focus
const list = $('#list'), rows = new Map(); let waiting = new Map(), waitingCount = 0, paused = false, pausedAt = 0, over = false, skipped = 0, matchedLately = [];
list.onpointerenter = e => { over = e.pointerType === 'mouse' }; list.onpointerleave = () => { over = false; settle() };
list.addEventListener('focusout', () => setTimeout(settle));
const held = () => paused || over || (list.contains(document.activeElement) && document.activeElement !== list) || scrollY > 400;
addEventListener('scroll', () => settle(), {passive: true});
function settle() { if (!held() && waiting.size) place() ; tellWaiting() }
function arrive(told) {
  for (const row of told.rows) { waiting.delete(row.id); waiting.set(row.id, row) }
  waitingCount += told.matched ?? told.rows.length; skipped += told.skipped ?? 0;
  while (waiting.size > MOST_ROWS) waiting.delete(waiting.keys().next().value);
  if (held()) tellWaiting(); else place() }
function place() {
  const fragment = document.createDocumentFragment();
  for (const row of [...waiting.values()].reverse()) { rows.get(row.id)?.remove(); const e = rowElement(row); rows.set(row.id, e); fragment.append(e) }
  list.prepend(fragment); waiting = new Map(); waitingCount = 0;
  while (list.childElementCount > MOST_ROWS) { rows.delete(list.lastElementChild.dataset.id); list.lastElementChild.remove() }
  tellWaiting(); tellShown() }
function tellWaiting() {
  const n = waitingCount >= 1000 ? '1,000+' : many(waitingCount);
  put('#pause', paused ? waitingCount ? `Resume, ${n} new` : 'Resume' : 'Pause'); $('#pause').setAttribute('aria-pressed', paused);
  const fresh = $('#fresh'); fresh.hidden = paused || !waitingCount; put(fresh, `${n} new`) }
$('#fresh').onclick = () => { over = false; scrollTo(0, 0); list.focus({preventScroll: true}); place() };
$('#pause').onclick = () => { paused = !paused; pausedAt = Date.now(); if (!paused) { over = false; place() } tellWaiting(); tellState() };
function tellShown() {
  const n = list.childElementCount, all = facets?.rows ?? n;
  put('#shown', isFiltered() ? `${many(n)} of ${many(Math.max(all, n))}` : count(n, 'article'));
  const none = $('#none'); none.hidden = n > 0 || !connected; $('#clear').hidden = !isFiltered();
  if (!none.hidden) tellNone(none) }
function tellNone(none) {
  const kind = isFiltered() ? `filter ${wireQuery()}` : 'empty'; if (none.dataset.kind === kind) return; none.dataset.kind = kind;
  if (!isFiltered()) return none.replaceChildren(el('b', '', 'No articles yet'), 'Publish one: ', el('code', '', 'headwater publish FILE'));
  const words = wireQuery().get('words');
  none.replaceChildren(el('b', '', 'No article like that'), el('p', '', `Of the newest ${many(facets?.rows ?? 0)} articles none is like that. An article that is missing may have been rejected, or repeat another.`), button('btn', words ? `Look for “${words}” in Rejected` : 'Look in Rejected', () => { setAddress({find: words ?? ''}); fillFind(); show($('#t-rejected'), true) })) }

function rowElement(row) {
  const e = el('li', 'row'); e.dataset.id = row.id; e.dataset.place = row.place; e.lang = 'en';
  const time = el('time', '', when(row.time)); if (row.time) time.dateTime = new Date(row.time).toISOString();
  if (row.repeated && row.known && row.first !== row.time) time.append(el('small', '', `first ${when(row.first).slice(0, 5) === when(row.first) ? when(row.first) : when(row.first).replace(/:\d\d$/, '')}`));
  const open = button('hl', row.headline || 'no headline', () => openRecord(row.place)); open.dir = 'auto'; if (row.known) open.lang = row.language;
  const title = el('h3', '', open); title.lang = row.language;
  const sure = row.confidence >= SURE_LANGUAGE || !row.known;
  const lang = el('span', `lang${row.known && (row.confidence < 0.9 || row.declared) ? ' low' : ''}`, row.known ? sure ? row.language : `${row.language} ${Math.round(row.confidence * 100)}` : '');
  lang.title = row.known ? `${languageName(row.language)}, confidence ${row.confidence}${row.declared ? `; declared ${row.declared}` : ''}` : '';
  if (row.declared) lang.append(el('small', 'vh', `, declared ${row.declared}`));
  const meta = el('div', 'meta', el('span', 'o', row.outlet || (row.known ? 'outlet unknown' : 'repeats an article from before')));
  const source = [row.located, ...row.agencies].filter(Boolean).join(' · '); if (source) meta.append(el('span', 'src', source));
  for (const [name, sure_] of row.subjects) meta.append(subject(name, sure_));
  if (row.versions > 1) meta.append(el('span', 'k updated', `version ${row.versions}`));
  if (row.repeated) meta.append(repeats(row));
  e.append(time, el('div', '', title, meta), lang); if (row.place === opened) mark(e); return e }
function subject(name, confidence) {
  const bar = el('span', 'cb'); bar.style.setProperty('--v', `${confidence}%`);
  const s = el('span', `subj${confidence < SURE_SUBJECT ? ' low' : ''}`, name, bar); s.title = `confidence ${confidence}`; s.append(el('span', 'vh', `, confidence ${confidence}`)); return s }
function repeats(row) {
  const kinds = Object.entries(row.kinds).flatMap(([kind, n], i) => [i ? ', ' : '', el('span', `k ${kind}`, row.repeated > 1 && Object.keys(row.kinds).length > 1 ? `${n} ${kind}` : kind)]);
  const items = row.repeats.map(each => { const text = each.headline !== row.headline ? each.headline : ''; const o = button('', each.outlet || 'outlet unknown', () => openRecord(each.place));
    const h = text ? el('span', 'h', text) : null; if (h) h.dir = 'auto'; return el('li', '', el('span', '', when(each.time)), o, el('span', `k ${each.kind}`, each.kind), h) });
  if (row.repeated > row.repeats.length) items.push(el('li', '', `and ${many(row.repeated - row.repeats.length)} before`));
  return el('details', 'fold', el('summary', '', el('b', '', count(row.repeated, 'repeat')), `, ${row.outlets > 1 ? count(row.outlets, 'outlet') : 'same outlet'}: `, ...kinds), el('ol', '', ...items)) }

// ---- filters, which are at the same time the picture of what is in the ring
let facets = null; const rail = $('#rail'), openFacets = new Set();
const FACETS = [['subject', 'Subject', v => v], ['language', 'Language', languageName], ['outlet', 'Outlet', v => v], ['kind', 'Repeated', v => v]];
function drawFacets(told, again) {
  const same = JSON.stringify(told) === JSON.stringify(facets); facets = told; tellShown();
  if ((same && !again) || (!again && (rail.matches(':hover') || rail.contains(document.activeElement)) && rail.childElementCount)) return;
  const query = wireQuery(), focused = document.activeElement?.dataset?.facet;
  rail.replaceChildren(...FACETS.flatMap(([name, title, label]) => {
    const values = [...told[name]]; const chosen = query.get(name); if (chosen && !values.some(([v]) => v === chosen)) values.unshift([chosen, 0]);
    if (!values.length) return [];
    const most = Math.max(...values.map(([, n]) => n), 1), buttons = values.map(([v, n]) => el('li', '', facet(name, v, label(v), n, most, chosen === v)));
    const shown = buttons.slice(0, FACETS_SHOWN), more = buttons.slice(FACETS_SHOWN), parts = [el('h2', '', title), el('ul', '', ...shown)];
    if (more.length) { const d = el('details', '', el('summary', '', `${many(more.length)} more`), el('ul', '', ...more)); d.open = openFacets.has(name); d.ontoggle = () => d.open ? openFacets.add(name) : openFacets.delete(name); parts.push(d) }
    return parts }), el('h2', '', 'Look twice'), el('ul', '', el('li', '', facet('doubtful', '1', 'doubtful', told.doubtful, Math.max(told.rows, 1), query.get('doubtful') === '1'))));
  if (focused) $(`[data-facet="${CSS.escape(focused)}"]`)?.focus() }
function facet(name, value, label, n, most, pressed) {
  const bar = el('i'); spread(bar, Math.round(100 * n / most)); const b = button(`facet${name === 'doubtful' ? ' doubtful' : ''}`, null, () => setFilter({[name]: pressed ? '' : value}));
  b.replaceChildren(el('span', '', label), bar, el('span', 'n', many(n))); b.dataset.facet = `${name} ${value}`; b.setAttribute('aria-pressed', pressed); return b }
function setFilter(changes) { setAddress(changes); $('#none').dataset.kind = ''; if (facets) drawFacets(facets, true); connect() }
let typing; $('#words').oninput = e => { clearTimeout(typing); typing = setTimeout(() => setFilter({words: e.target.value.trim()}), 250) };
$('#clear').onclick = () => { $('#words').value = ''; setFilter(Object.fromEntries(WIRE.map(name => [name, '']))); $('#words').focus() };
$('#fb').onclick = e => e.currentTarget.setAttribute('aria-expanded', $('#wire').classList.toggle('showrail'));

// ---- events; a stream that breaks is taken up again where it was
let source, connected = false, away = null, awaySince = 0, last = null, lostAt = 0, retry;
function connect() {
  source?.close(); clearTimeout(retry);
  const mine = source = new EventSource(`/events?${wireQuery()}`); let fresh = true;
  const on = (name, act) => mine.addEventListener(name, e => { if (mine === source) act(JSON.parse(e.data)) });
  on('snapshot', told => { connected = true; lostAt = 0; if (told.reset || fresh) { list.replaceChildren(); rows.clear(); waiting.clear(); waitingCount = 0 } fresh = false; arrive({rows: told.rows}); if (!told.rows.length) tellShown(); tellState(); older() });
  on('rows', told => { matchedLately.push([Date.now(), told.matched, told.skipped]); arrive(told) });
  on('tick', told => { lostAt = 0; tick(told) });
  mine.onerror = () => { if (mine !== source) return; lostAt ||= Date.now(); tellState(); if (mine.readyState === EventSource.CLOSED) retry = setTimeout(connect, 5000) } }
async function older() {  // a filter looks further back than the ring
  if (!isFiltered() || list.childElementCount >= 20) return;
  const query = wireQuery().toString(), told = await ask(`/api/older?${query}`).catch(() => null);
  if (!told || query !== wireQuery().toString()) return;
  for (const row of told.rows) if (!rows.has(row.id) && list.childElementCount < MOST_ROWS) { const e = rowElement(row); rows.set(row.id, e); list.append(e) }
  tellShown() }
function tick(told) {
  last = told; away = told.away; awaySince = told.away_since; if (readOnly !== told.read_only) { readOnly = told.read_only; if (found) drawLetters(found) }
  put('#kafka', `${told.kafka}, ${told.app}`); put('#clock', clock(told.now)); $('#clock').title = `your time; ${new Date(told.now).toISOString().slice(11, 19)} UTC`;
  document.body.classList.toggle('stories', told.stories); $('#t-stories').hidden = !told.stories;
  if (told.flow) drawFlow(told.flow, told.health); drawHealth(told.health, told.ages); if (told.facets) drawFacets(told.facets); tellState();
  if (document.body.dataset.view === 'health') lookAtHour();
  if (document.body.dataset.view === 'stories') lookAtStories();
  if (document.body.dataset.view === 'rejected' && told.flow && told.flow.topics['news.rejected'].count !== lettersAt) findLetters(true) }
function tellState() {
  const b = $('#banner'), live = $('#live'); let text = '', bad = false, word = 'Live';
  const lately = matchedLately = matchedLately.filter(([at]) => at > Date.now() - 2000);
  if (lostAt && Date.now() - lostAt > 1500) { text = `The console does not answer, since ${clock(lostAt)}. What you see is of then. Trying again every 2 s.`; bad = true; word = 'Console away' }
  else if (away) { text = `Kafka has not answered since ${clock(awaySince)}: ${away}. What you see is of then; counts may be older than they look. Trying again every 2 s.`; bad = true; word = 'Kafka away' }
  else if (paused) { text = `Paused at ${clock(pausedAt)}. New articles wait; the stream itself goes on.`; word = 'Paused' }
  else if (lately.some(([, , s]) => s)) text = `${perSecond(lately.reduce((n, [, m]) => n + m, 0) / 2)} articles. The list shows the newest 4 a second of them; counts and filters see all. Set a filter, or pause.`;
  b.hidden = !text; b.className = `banner${bad ? ' bad' : ''}`; put(b, text); live.className = bad ? 'bad' : ''; put(live.firstElementChild, word);
  document.body.classList.toggle('stale', bad);
  if (bad) for (const cell of $$('.cell')) { cell.className = 'cell away'; cell.title = 'not known'; cell.setAttribute('aria-label', cell.getAttribute('aria-label').replace(/:.*/, ': not known')) } }
setInterval(tellState, 1000);

// ---- the dataflow and the stream's health
function drawFlow(flow, health) {
  const topic = name => flow.topics[`news.${name}`]; const lags = step => health.partitions.filter(p => p.step === step).reduce((n, p) => n + p.lag, 0);
  for (const name of ['raw', 'enriched', 'rejected', 'duplicates']) put(`#c-${name}`, many(topic(name).count));
  put('#c-stories', many(flow.stories));
  const wait = n => n ? `, ${many(n)} wait` : '';
  put('#u-raw', perSecond(topic('raw').rate) + wait(lags('prepare'))); put('#c-prepared', many(flow.balance.came_in - topic('rejected').count)); put('#u-prepared', perSecond(topic('enriched').rate + topic('duplicates').rate) + wait(lags('deduplicate')));
  put('#u-enriched', perSecond(topic('enriched').rate));
  const reasons = Object.entries(flow.reasons), u = $('#u-rejected'); u.replaceChildren(perSecond(topic('rejected').rate), el('span', 'kinds', reasons.length ? `, ${count(reasons.length, 'reason')}` : ''));
  const kinds = Object.entries(flow.kinds).sort((a, b) => b[1] - a[1]);
  $('#u-duplicates').replaceChildren(perSecond(topic('duplicates').rate), el('span', 'kinds', ...kinds.flatMap(([kind, n], i) => [i ? ', ' : ': ', el('span', `k ${kind}`, `${many(n)} ${kind.replace('-', ' ')}`)])));
  const b = flow.balance, sum = $('#sum'), wrong = b.missing || b.twice;
  const terms = [topic('enriched').count, topic('duplicates').count, topic('rejected').count].map(many).join(' + ');
  sum.className = `sum${wrong ? ' bad' : ''}`;
  sum.replaceChildren(el('b', '', `${many(b.came_in)} = ${terms}${b.under_way ? ` + ${many(b.under_way)}` : ''}`), el('br'),
    wrong ? [b.missing ? `${many(b.missing)} missing` : '', b.twice ? `${many(b.twice)} came out twice` : ''].filter(Boolean).join(', ') : b.under_way ? `${many(b.under_way)} under way` : 'all accounted for',
    flow.since ? ` since ${when(flow.since)}` : '');
  put('#n-rejected', topic('rejected').count ? many(topic('rejected').count) : '');
  drawReasons(reasons); const tell = (cls, n, text) => el('span', cls, el('b', '', n), ` ${text}`);
  const behind = health.partitions.filter(p => p.state !== 'ready').length;
  $('#brief').replaceChildren(tell('', many(b.came_in), `in, ${perSecond(topic('raw').rate)}`), tell('', many(topic('enriched').count), 'enriched'), tell('dup', many(topic('duplicates').count), 'repeats'), tell('rejected', many(topic('rejected').count), 'rejected'),
    el('span', '', 'drains in ', el('b', '', drains(health))), el('span', '', 'age ', el('b', '', $('#p50').textContent), ' p50, ', el('b', '', $('#p99').textContent), ' p99'), wrong ? el('span', 'bad', sum.childNodes[2].textContent) : '', behind ? el('span', 'warn', `${count(behind, 'partition')} not ready`) : '') }
const drains = health => health.lag ? health.drain == null ? 'does not drain' : duration(health.drain) : '0 s';
function drawReasons(reasons) {
  const box = $('#reasons'), key = JSON.stringify(reasons); if (box.dataset.key === key) return; box.dataset.key = key;
  box.replaceChildren(...reasons.slice(0, 12).flatMap(([reason, n]) => [el('dt', '', button('', reason, () => { setAddress({reason, find: '', from: '', when: ''}); fillFind(); show($('#t-rejected'), true) })), el('dd', '', many(n))])) }
$('#all-rejected').onclick = () => show($('#t-rejected'), true);
function drawHealth(health, ages) {
  const drain = $('#drain'), slow = health.lag > 0 && (health.drain == null || health.drain >= 10); put(drain, drains(health)); drain.className = slow ? 'warn' : '';
  put('#waits', health.lag ? `${count(health.lag, 'record')} wait${health.lag === 1 ? 's' : ''}${health.most < health.lag ? `, ${many(health.most)} of them on one partition` : ''}` : 'no record waits');
  put('#p50', duration(ages?.p50)); put('#p99', duration(ages?.p99)); if (ages) drawAges(ages.minutes);
  const steps = [...new Set(health.partitions.map(p => p.step))];
  $('#cells').replaceChildren(...steps.flatMap(step => [el('span', 'lab', step), el('span', 'bits', ...health.partitions.filter(p => p.step === step).map(cell))]));
  const tally = {}; for (const p of health.partitions) if (p.state !== 'ready') tally[p.state] = (tally[p.state] ?? 0) + 1;
  put('#behind', Object.entries(tally).map(([state, n]) => state === 'away' ? `${n} without a worker` : `${n} ${state}`).join(', '));
  const waits = health.ready.filter(w => !w.ready).flatMap(w => w.waiting_for.length ? w.waiting_for : ['not ready']);
  const w = $('#workers'), quiet = !health.processes; put(w, quiet ? 'none at work' : `${count(health.machines, 'machine')}, ${health.processes === 1 ? '1 process' : `${many(health.processes)} processes`}${waits.length ? `; waiting for ${waits[0]}${waits.length > 1 ? ` and ${waits.length - 1} more` : ''}` : health.ready.length ? ', all ready' : ''}`); w.className = quiet || waits.length ? 'warn' : '';
  drawPartitions(health) }
function cell(p) {
  const c = el('span', `cell ${p.state}`, String(p.partition)), text = `${p.step}, partition ${p.partition}: ${p.state}${p.lag ? `, ${count(p.lag, 'record')} wait` : ''}`;
  c.setAttribute('role', 'img'); c.setAttribute('aria-label', text); c.title = text; return c }
function drawAges(minutes) {
  const box = $('#spark'), key = JSON.stringify(minutes); if (box.dataset.key === key) return; box.dataset.key = key;
  const known = minutes.filter(Boolean), top = Math.log10(Math.max(10, ...known.map(m => m[1])) / 0.01);
  const y = s => 28 - 26 * Math.max(0, Math.log10(Math.max(s, 0.01) / 0.01)) / top, x = i => (150 * i / 59).toFixed(1);
  const line = which => minutes.map((m, i) => m ? `${minutes[i - 1] ? 'L' : 'M'}${x(i)} ${y(m[which]).toFixed(1)}${minutes[i - 1] || minutes[i + 1] ? '' : 'h1'}` : '').join('');
  box.replaceChildren(svg('path', {d: line(0)}), svg('path', {d: line(1), class: 'p99'}));
  if (minutes[59]) box.append(svg('circle', {class: 'now', cx: 150, cy: y(minutes[59][0]), r: 2}));
  box.setAttribute('aria-label', known.length ? `Age by minute in the last hour: p50 at most ${duration(Math.max(...known.map(m => m[0])))}, p99 at most ${duration(Math.max(...known.map(m => m[1])))}` : 'No ages in the last hour') }
function drawPartitions(health) {
  if (document.body.dataset.view !== 'health') return;
  $('#partitions').replaceChildren(...health.partitions.map(p => { const step = el('th', '', p.step); step.scope = 'row';
    return el('tr', '', step, el('td', 'num', String(p.partition)), el('td', p.state === 'ready' ? '' : p.state === 'away' ? 'bad' : 'warn', p.state === 'away' ? 'away: no worker has it' : p.waiting_for ? `${p.state}: ${p.waiting_for}` : p.state), el('td', 'num', many(p.lag)), el('td', 'num', p.lag ? p.drain == null ? 'does not drain' : duration(p.drain) : 'none'), el('td', 'mono', p.member ?? 'none')) }));
  $('#ready').replaceChildren(...health.ready.map(w => el('p', w.ready ? '' : 'warn', `${w.address}: ${w.ready ? 'ready' : w.waiting_for.join('; ') || 'not ready'}`))) }
let hourAt = 0;
let storiesBy = 'fresh', storiesTold = '';
for (const by of ['fresh', 'size']) $(`#by-${by}`).onclick = () => { storiesBy = by; for (const each of ['fresh', 'size']) $(`#by-${each}`).setAttribute('aria-pressed', String(each === by)); lookAtStories() };
async function lookAtStories() {
  const told = await ask(`/api/stories?by=${storiesBy}`).catch(() => null), seen = JSON.stringify(told); if (!told || seen === storiesTold) return;
  storiesTold = seen; const open = new Set($$('#stories details[open]').map(each => each.dataset.id));
  put('#told-stories', told.length ? `${many(told.length)} ${told.length === 1 ? 'story' : 'stories'}, ${storiesBy === 'size' ? 'those of most outlets first' : 'the latest change first'}` : 'No story yet');
  $('#stories').replaceChildren(...told.map(story => storyElement(story, open.has(story.id)))) }
function storyElement(story, open) {
  const counts = `${many(story.articles)} ${story.articles === 1 ? 'article' : 'articles'}, ${many(story.outlets)} ${story.outlets === 1 ? 'outlet' : 'outlets'}, ${languageName(story.language)}`;
  const d = el('details', '', el('summary', '', el('b', '', el('bdi', '', story.headline || 'without a headline')), ` ${counts}`)); d.dataset.id = story.id; d.open = open;
  const members = [...story.members].sort((a, b) => a.time.localeCompare(b.time));  // the timeline, by outlet
  d.append(el('ul', 'timeline', ...members.map(m => el('li', '', el('span', 'quiet', m.time ? when(Date.parse(m.time)) : 'no time'), ' ', el('b', '', el('bdi', '', m.outlet || 'an unnamed outlet')), ' ', el('bdi', '', m.headline), ' ', el('span', 'quiet', m.relation)))));
  return el('li', '', d) }
async function lookAtHour() {
  if (Date.now() - hourAt < 5000) return; hourAt = Date.now(); if (last) drawPartitions(last.health);
  const told = await ask('/api/hour').catch(() => null); if (!told) return;
  const titles = [['outcome', 'What came out', v => v], ['language', 'Languages', languageName], ['subject', 'Subjects', v => v], ['reason', 'Rejections', v => v]];
  $('#hours').replaceChildren(...titles.filter(([name]) => told[name]?.length).map(([name, title, label]) => el('section', '', el('h2', '', title, el('small', '', 'the last hour, by minute')), ...told[name].map(([v, minutes]) => hourRow(label(v), minutes, name === 'reason' || v === 'news.rejected'))))) }
function hourRow(label, minutes, bad) {
  const most = Math.max(...minutes, 1), total = minutes.reduce((a, b) => a + b, 0);
  const picture = svg('svg', {viewBox: '0 0 150 18', preserveAspectRatio: 'none', role: 'img', 'aria-label': `${label}: ${total} in the last hour, at most ${most} a minute`});
  minutes.forEach((n, i) => { if (n) { const h = Math.max(1.5, 18 * n / most); picture.append(svg('rect', {x: i * 2.5, y: 18 - h, width: 2, height: h})) } });
  return el('div', `hr${bad ? ' rejected' : ''}`, el('span', '', label), picture, el('span', 'num', many(total))) }

// ---- the drawer: the article as consumers get it, and why
const drawer = $('#drawer'); let opened = null;
function mark(e) { for (const each of $$('.row.on')) { each.classList.remove('on'); $('.hl', each).removeAttribute('aria-current') } e?.classList.add('on'); if (e) $('.hl', e).setAttribute('aria-current', 'true') }
async function openRecord(at, from) {
  opened = at; setAddress({}, `#${at}`); if (document.body.dataset.view !== 'wire') show($('#t-wire'));
  $('#wire').classList.add('open'); drawer.hidden = false; document.body.classList.add('reading'); openedFrom = from ?? null;
  const row = $(`.row[data-place="${CSS.escape(at)}"]`); mark(row); const box = $('#why'); box.replaceChildren(el('p', 'loading', 'Reading …'));
  let told; try { told = await ask(`/api/record/${at}`) } catch (error) { if (opened === at) box.replaceChildren(el('p', 'note', error.message)); return }
  if (opened !== at) return;
  drawRecord(box, told); drawer.scrollTop = 0; $('.big', box).focus({preventScroll: true}); row?.scrollIntoView({block: 'nearest'}) }
let openedFrom = null;
function heading(box, title, aside) { const h = el('h3', '', title); if (aside) h.append(el('small', '', aside)); box.append(h); return h }
function pairs(entries) { const d = el('dl', 'kv'); for (const [k, v] of entries) d.append(el('dt', '', k), el('dd', /^(id|fingerprint|stands at|ce_|__|key)/i.test(k) ? 'mono' : '', v)); return d }
function drawRecord(box, told) {
  const big = el('h2', 'big', told.headline || 'no headline'); big.lang = told.language || 'und'; big.dir = 'auto'; big.tabIndex = -1;
  box.replaceChildren(big, el('p', 'facts', told.facts.join(' · ')));
  if (told.note) box.append(el('p', 'note', told.note));
  if (told.type === 'repeat') box.append(el('div', 'acts', el('span', `k ${told.kind}`, told.kind), told.owner_place ? button('btn', 'Open the article it repeats', () => openRecord(told.owner_place)) : el('span', 'quiet', `It repeats ${told.owner}, which is not among the newest articles.`)));
  if (told.type === 'rejected') drawRefused(box, told);
  if (told.type === 'article') drawSubjects(box, told);
  if (told.page) { heading(box, 'The page as it was read', `${count(told.page.cuts, 'cut')}, ${many(told.page.cut_characters)} of ${many(told.page.characters)} characters thrown away`); box.append(page(told)) }
  heading(box, 'How it was decided'); box.append(pairs(told.decided));
  if (told.row?.repeats?.length) { heading(box, 'Repeats', count(told.row.repeated, 'repeat')); box.append(el('ul', '', ...told.row.repeats.map(each => el('li', '', button('linkish', `${when(each.time)}  ${each.outlet || 'outlet unknown'}`, () => openRecord(each.place)), ' ', el('span', `k ${each.kind}`, each.kind))))) }
  heading(box, 'Record'); const record = pairs(told.record); record.classList.add('wide'); box.append(record);
  if (told.json) { const h = heading(box, 'JSON'), pre = el('pre', 'json', told.json); pre.tabIndex = 0; pre.setAttribute('role', 'region'); pre.setAttribute('aria-label', 'The event as consumers get it');
    const copy = button('btn', 'Copy', async () => { try { await navigator.clipboard.writeText(told.json); copy.textContent = 'Copied' } catch { getSelection().selectAllChildren(pre); copy.textContent = 'Selected' } }); h.append(copy); box.append(pre) } }
function drawSubjects(box, told) {
  heading(box, 'Subjects', told.subjects.some(s => s.evidence.length) ? 'choose one to see its words in the page' : '');
  if (!told.subjects.length) box.append(el('p', 'facts low', 'None is sure enough.'));
  told.subjects.forEach((s, i) => {
    const bar = el('span', 'cb'); bar.style.setProperty('--v', `${s.confidence}%`);
    const b = button(`sub${s.low ? ' low' : ''}`, null, () => { const on = b.getAttribute('aria-pressed') !== 'true'; for (const each of $$('.sub', box)) each.setAttribute('aria-pressed', false); b.setAttribute('aria-pressed', on); for (const m of $$('mark', box)) m.classList.toggle('hot', on && m.dataset.s.split(' ').includes(String(i))) });
    const by = s.witnesses.filter(w => w !== 'text'); b.replaceChildren(el('span', '', s.name), el('span', 'v', el('b', '', String(s.confidence)), bar), el('span', 'ev', s.evidence.join(', ') + (by.length ? ` (${by.join(', ')} of the source)` : '')));
    b.title = `medtop:${s.code}`; b.setAttribute('aria-pressed', false); box.append(b) }) }
function page(told) {  // a line of the text is a row: left the text, right the reasons of the cuts in it
  const p = el('div', 'page'); p.lang = told.language || 'und';
  for (const line of told.page.lines) {
    const text = el('p'); text.dir = 'auto';
    for (const [words, cut, subjects] of line.parts) {
      const inner = subjects.length ? el('mark', '', words) : words; if (subjects.length) inner.dataset.s = subjects.join(' ');
      text.append(cut ? el(cut === 2 && line.why.startsWith('the headline →') ? 'ins' : 'del', '', inner) : inner) }
    const margin = el('div', 'mg', line.why.replace(' → headline', '')); margin.lang = 'en';
    p.append(el('div', `ln${line.why ? ' c' : ''}${line.kept ? ' keep' : ''}`, text, margin)) }
  if (told.page.left_out) p.append(el('p', 'left', `${many(told.page.left_out)} characters more are not shown.`));
  return p }
function drawRefused(box, told) {
  box.append(el('p', 'advice', told.advice), el('div', 'acts', replayButton({place: [told.id]}, 'Replay this one', 'this record'), download(told.place)));
  heading(box, 'Its bytes', 'control characters escaped'); const pre = el('pre', 'dump', told.bytes); pre.tabIndex = 0; pre.setAttribute('role', 'region'); pre.setAttribute('aria-label', 'The original bytes'); box.append(pre) }
function download(at) { const a = el('a', 'btn', 'Download the bytes'); a.href = `/api/record/${at}/bytes`; a.download = ''; return a }
function close() { if (drawer.hidden) return; const at = opened; opened = null; drawer.hidden = true; document.body.classList.remove('reading'); $('#wire').classList.remove('open'); mark(null); setAddress({}, '');
  if (openedFrom) { const back = openedFrom; openedFrom = null; show($('#t-rejected')); $(`[data-letter="${CSS.escape(back)}"]`)?.focus(); return }
  const row = at && $(`.row[data-place="${CSS.escape(at)}"]`); if (row) $('.hl', row).focus(); else $('#words').focus() }
function step(by) { const all = $$('.row'), i = all.findIndex(r => r.dataset.place === opened) + by; if (all[i]) openRecord(all[i].dataset.place) }
$('#x').onclick = close; $('#up').onclick = () => step(-1); $('#dn').onclick = () => step(1);
addEventListener('keydown', e => {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  if (e.key === 'Escape') return close(); if (e.target.matches('input,select,textarea')) return;
  if (e.key === '/') { e.preventDefault(); show($('#t-wire')); $('#words').focus() }
  if (e.key === 'j' || e.key === 'k') { const by = e.key === 'j' ? 1 : -1; if (drawer.hidden) { const all = $$('.row .hl'), i = all.indexOf(document.activeElement); all[i < 0 ? 0 : i + by]?.focus() } else step(by) } });

// ---- rejected
const find = $('#find'); let lettersAt = -1, findingSince = 0, found = null;
function fillFind() { const query = address(); for (const [name, key] of Object.entries(FIND)) { const field = find.elements[name], value = query.get(key) ?? ''; if (field.tagName === 'SELECT' && ![...field.options].some(o => o.value === value)) field.add(new Option(value, value)); field.value = value } }
function findQuery() {
  const query = address(), asked = {}; for (const [name, key] of Object.entries(FIND)) if (query.get(key)) asked[name] = query.get(key);
  const day = by => { const d = new Date(); d.setHours(0, 0, 0, 0); d.setDate(d.getDate() + by); return d.toISOString() };
  const spans = {today: [day(0)], yesterday: [day(-1), day(0)]}; const span = spans[asked.when] ?? (asked.when ? [asked.when] : []); delete asked.when;
  if (span[0]) asked.since = span[0]; if (span[1]) asked.until = span[1]; return asked }
find.onsubmit = e => e.preventDefault();
let seeking; find.oninput = () => { clearTimeout(seeking); seeking = setTimeout(() => { setAddress(Object.fromEntries(Object.entries(FIND).map(([name, key]) => [key, find.elements[name].value.trim()]))); findLetters() }, 250) };
async function findLetters(quietly) {
  if (quietly && (Date.now() - findingSince < 3000 || $('#letters .ask, #replay-all .ask') || $('#letters').contains(document.activeElement))) return;
  findingSince = Date.now(); const at = last?.flow?.topics['news.rejected'].count ?? -1; if (!quietly) put('#found', 'Reading …');
  let told; try { told = await ask(`/api/rejected?${new URLSearchParams(findQuery())}`) } catch (error) { put('#found', error.message); return }
  lettersAt = at; found = told; drawLetters(told) }
function options(field, values, label) { const chosen = field.value; field.replaceChildren(new Option('any', ''), ...values.map(([v, n]) => new Option(`${label(v)} (${many(n)})`, v))); if (chosen && !values.some(([v]) => v === chosen)) field.add(new Option(chosen, chosen)); field.value = chosen }
function drawLetters(told) {
  const filtered = Object.keys(findQuery()).length > 0, due = told.reasons.reduce((n, r) => n + r.due, 0);
  if (document.activeElement !== find.elements.reason) options(find.elements.reason, told.reasons.map(r => [r.reason, r.count]), v => v);
  if (document.activeElement !== find.elements.outlet) options(find.elements.outlet, told.outlets.filter(([v]) => v), v => v);
  put('#found', `${count(told.total, 'record')}${told.left_out ? ' of the newest 20,000' : ''}`);
  $('#lede').textContent = 'Anything that is not an article, or can’t be read as one. Each record keeps its original bytes, key and headers; a replay sends it to news.raw again, once.' + (mayAct() ? '' : readOnly ? ' This console is read-only: nothing can be replayed here.' : ' To replay, open the address that headwater console printed, with its token.');
  $('#replay-all').replaceChildren(filtered && due && told.reasons.length ? replayButton(findQuery(), `Replay all ${many(due)} found`, 'what the filter finds') : '');
  $('#letters').replaceChildren(...told.reasons.map(reason => reasonSection(reason, told)));
  if (!told.total) $('#letters').replaceChildren(el('div', 'empty', el('b', '', filtered ? 'No record like that' : 'Nothing was rejected'))) }
function reasonSection(reason, told) {
  const name = el('h2', '', reason.reason, el('span', 'cnt', many(reason.count))), most = Math.max(...reason.bars, 1); name.id = `r-${reason.reason}`;
  const ticks = svg('svg', {class: 'ticks', viewBox: '0 0 150 16', role: 'img', 'aria-label': `${reason.reason} from ${when(told.first)} to ${when(told.last)}`}, svg('line', {x1: 0, x2: 150, y1: 15.5, y2: 15.5}));
  reason.bars.forEach((n, i) => { if (n) { const h = Math.max(3, 14 * n / most); ticks.append(svg('rect', {x: i * 3.125, y: 15 - h, width: 2.4, height: h})) } });
  const outs = reason.outlets.filter(([o]) => o), who = el('p', 'outs', outs.length ? 'from ' : '', ...outs.flatMap(([o, n], i) => [i ? ', ' : '', button('', o, () => { setAddress({from: o, reason: reason.reason}); fillFind(); findLetters() }), ` ${many(n)}`]), reason.more_outlets ? ` and ${count(reason.more_outlets, 'other outlet')}` : '');
  const letters = told.letters.filter(l => l.reason === reason.reason), rows_ = letters.slice(0, 20).map(letterRow);
  const list_ = el('div', '', ...rows_); if (letters.length > 20) list_.append(button('linkish', `${many(letters.length - 20)} more`, e => { e.currentTarget.remove(); list_.append(...letters.slice(20).map(letterRow)) }));
  const s = el('section', 'rg', el('div', '', name, ticks), el('div', '', el('p', 'adv', reason.advice), who, list_), el('div', 'act', reason.due ? replayButton({...findQuery(), reason: reason.reason}, `Replay ${many(reason.due)}`, reason.reason) : el('span', 'quiet', 'none to replay')));
  s.setAttribute('aria-labelledby', name.id); return s }
function letterRow(letter) {
  const open = button('open mono', letter.id, () => openRecord(`news.rejected/${letter.id}`, letter.id)); open.dataset.letter = letter.id; open.title = letter.message;
  const code = el('code', 'm', letter.beginning); code.dir = 'auto';
  return el('div', 'rec', open, el('span', '', when(letter.time)), el('span', 'o', letter.outlet || 'outlet unknown'), el('span', 'num b', letter.bytes == null ? 'no value' : `${many(letter.bytes)} B`), el('span', 'm', letter.standing ? el('b', 'warn', `${letter.standing} `) : null, code)) }
// replay: ask first; the focus goes to "Cancel", so that Enter twice does nothing
function replayButton(asked, text, what) {
  if (!mayAct()) { const nothing = el('span'); nothing.hidden = true; return nothing }
  const b = button('btn', text, async () => {
    b.disabled = true; let plan; try { plan = await ask('/api/plan', asked) } catch (error) { b.disabled = false; return say(b, error.message, true) }
    b.disabled = false; if (!plan.total) return say(b, `Nothing to replay.${passedOver(plan)}`);
    const box = el('div', 'ask'), go = button('btn go', `Replay ${count(plan.total, 'record')}`), no = button('btn', 'Cancel', () => { box.remove(); b.hidden = false; b.focus() }); box.setAttribute('role', 'group'); box.setAttribute('aria-label', 'Confirm the replay');
    const reasons = Object.entries(plan.due).map(([r, n]) => `${many(n)} ${r}`).join(', ');
    box.append(el('p', '', `Send ${count(plan.total, 'record')} (${reasons}) to news.raw again, each once? If the fault is not fixed, they come back here.${plan.old ? ` ${many(plan.old)} are older than 7 days: repeats of them may not be recognised.` : ''}${passedOver(plan)}`), el('div', '', no, go));
    b.hidden = true; b.after(box); no.focus();
    go.onclick = async () => { go.disabled = no.disabled = true; put(go, 'Sending …'); let done; try { done = await ask('/api/replay', {plan: plan.plan, expected: plan.total}) } catch (error) { box.remove(); b.hidden = false; return say(b, error.message, true) }
      const refused = Object.keys(done.refused).length; box.remove(); say(b, `Sent ${count(done.accepted, 'record')}, marked as replayed.${refused ? ` Kafka refused ${many(refused)}.` : ''}`); lettersAt = -1 } });
  if (away) { b.disabled = true; b.title = 'Kafka is away' } b.setAttribute('aria-label', `${text}: ${what}`); return b }
const passedOver = plan => { const told = Object.entries(plan.passed_over); return told.length ? ` Passed over: ${told.map(([why, n]) => `${many(n)} ${why}`).join(', ')}.` : '' };
function say(after, text, bad) { after.parentNode.querySelector('.said')?.remove(); const p = el('p', `said ${bad ? 'bad' : 'quiet'}`, text); p.setAttribute('role', 'status'); p.tabIndex = -1; after.after(p); p.focus() }

// ---- begin
$('#words').value = address().get('words') ?? ''; fillFind();
show($(`#t-${CSS.escape(address().get('view') ?? 'wire')}`) ?? $('#t-wire'));
connect();
function route() { const at = decodeURIComponent(location.hash.slice(1)); if (/^news\.[a-z]+\/\d+\/\d+$/.test(at) && at !== opened) openRecord(at) }
addEventListener('hashchange', route); route();
