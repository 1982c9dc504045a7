import { ActorList, compact, hasFailed, whereOf } from './actorList.js';
import { hashOf, momentOf } from './address.js';
import { ChartView } from './chart/chartView.js';
import { Countdown } from './countdown.js';
import { Details } from './details.js';
import { Commands } from './commands.js';
import { unknownStateOf } from './configuration.js';
import { byId, html, setText } from './elements.js';
import { EventList } from './eventList.js';
import { type LinkState, openSocket } from './link.js';
import { SequenceView } from './sequenceView.js';
import { Store } from './store.js';
import { startTabs, type Tab } from './tabs.js';
import { startTheme } from './theme.js';
import { placeOf, Timeline } from './timeline.js';
import { clockTime, duration } from './words.js';

/**
 * Minimum time between two updates of long lists and message drawings, in milliseconds; the chart is updated at every
 * frame.
 */
const CALM_MS = 200;

const store = new Store((key) => send({ type: 'select', key }));
const list = new ActorList((actor) => change(() => store.select(actor.key)), calm);
const chart = new ChartView(() => change(() => {}));
const countdown = new Countdown();
const timeline = new Timeline((place) => change(() => store.moveTo(place)));
const events = new EventList(
  (step) => change(() => store.moveTo(store.steps.placeOf(step.seq))),
  calm,
  store.nameOf,
);
const details = new Details();
const commands = new Commands((key, command) => send({ type: 'command', key, command }));
const sequence = new SequenceView();
let tab: Tab = 'chart';
let drawn = store.chart;
let lost = store.lostDefinition;
/** The step that the note above the chart describes. */
let judged = store.step;
let judgedChart: typeof drawn | undefined;
let frame = 0;
let calmAt = 0;
let isCalmDue = false;
let retryAt: number | undefined;

startTheme(() => change(() => {}));
startTabs((selected) => {
  tab = selected;
  change(() => {});
});
const send = openSocket({
  onState: showLink,
  onMessage: (message, characters) => {
    store.receive(message, characters);
    if (message.type === 'hello') showLink('live', undefined);
    isCalmDue = true;
    schedule();
  },
});
byId('save').setAttribute('href', `/recording${location.search}`);
byId('pin').addEventListener('click', () => change(() => store.pin()));
byId('failed').addEventListener('click', () => change(showNextFailed));
byId('address').addEventListener('click', copyAddress);
const wanted = momentOf(location.hash);
if (wanted) store.want(wanted);
addEventListener('hashchange', () => {
  const moment = momentOf(location.hash);
  if (moment && hashOf(moment) !== hashOf(store.moment)) change(() => store.want(moment));
});
chart.close('Waiting for the first actor.');
addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target instanceof HTMLInputElement) return;
  event.preventDefault();
  byId('filter').focus();
});

/** Shows the reader's own changes at once. */
function change(act: () => void): void {
  act();
  calmAt = 0;
  calm();
}

function calm(): void {
  isCalmDue = true;
  schedule();
}

function schedule(): void {
  frame ||= requestAnimationFrame(render);
}

function render(now: number): void {
  frame = 0;
  const { steps, place, step, selected } = store;
  const isLive = store.cursor === undefined;
  if (store.chart !== drawn || store.lostDefinition !== lost) openChart();
  showOmission();
  if (byId('stage').dataset['actor'] !== store.opened)
    byId('stage').dataset['actor'] = store.opened ?? '';
  chart.show(step, steps.countsAt(place), store.takeEdges());
  countdown.show(step, steps);
  chart.tick(countdown.tick(Date.now(), isLive));
  if (isCalmDue && now - calmAt >= CALM_MS) {
    isCalmDue = false;
    calmAt = now;
    list.show(store.actors, selected);
    timeline.show(steps, store.chart, place, isLive);
    events.show(steps, place, isLive);
    const actor = selected === undefined ? undefined : store.actors.get(selected);
    details.show(step, steps.list[place - 1], store.nameOf, {
      pinned: store.pinned,
      engine: actor?.engine,
    });
    showPin();
    showAddress();
    commands.show(actor);
    if (tab === 'sequence' && selected !== undefined) {
      sequence.show(store.messagesSoFar(), selected, store.lineOf);
    }
    showHead();
    showTotals();
  }
  if (isCalmDue || (isLive && countdown.isRunning) || retryAt !== undefined) schedule();
  if (retryAt !== undefined) showRetry(retryAt);
}

function openChart(): void {
  drawn = store.chart;
  lost = store.lostDefinition;
  judgedChart = undefined;
  void chart.open(drawn).then(() => change(() => {}));
  if (store.selected !== undefined) list.reveal(store.selected);
}

/** Shows which parts the page cannot show. */
function showOmission(): void {
  const { step } = store;
  if (step === judged && drawn === judgedChart) return;
  judged = step;
  judgedChart = drawn;
  const isChart = drawn.root.children.length > 0;
  const unknown = isChart ? unknownStateOf(drawn, step?.snapshot.value) : undefined;
  const notes = [
    ...(lost === undefined ? [] : [`No chart: ${lost}.`]),
    ...(lost === undefined && drawn.omission !== '' ? [`Not drawn: ${drawn.omission}.`] : []),
    ...(unknown === undefined ? [] : [`It is in ${unknown}, deeper than the chart goes.`]),
  ];
  byId('omission').hidden = notes.length === 0;
  setText(byId('omission'), notes.join(' '));
}

function showPin(): void {
  const pin = byId('pin', HTMLButtonElement);
  pin.disabled = store.step === undefined;
  pin.setAttribute('aria-pressed', String(store.pinned !== undefined));
  pin.title =
    store.pinned === undefined
      ? 'Compare this moment with another one'
      : `Compared with ${clockTime(store.pinned.at)}; press again to end it`;
}

/** Writes the displayed moment into the address, so that it can be bookmarked. */
function showAddress(): void {
  const hash = hashOf(store.moment);
  if (hash !== location.hash && store.opened !== undefined) {
    history.replaceState(null, '', `${location.pathname}${location.search}${hash}`);
  }
}

function copyAddress(): void {
  // The newest moment will change soon, so its position is fixed.
  if (store.cursor === undefined) change(() => store.moveTo(store.place));
  showAddress();
  const address = byId('address');
  void navigator.clipboard.writeText(location.href).then(
    () => setText(address, 'Copied'),
    () => setText(address, 'Not allowed'),
  );
  address.addEventListener('pointerleave', () => setText(address, 'Link'), { once: true });
}

/** Selects the next failed actor. */
function showNextFailed(): void {
  const failed = [...store.actors.values()].filter(hasFailed).map(({ key }) => key);
  const next = failed[(failed.indexOf(store.selected ?? '') + 1) % failed.length];
  if (next !== undefined) store.select(next);
}

function showHead(): void {
  const { step, selected } = store;
  const actor = selected === undefined ? undefined : store.actors.get(selected);
  if (actor === undefined) {
    setText(byId('name'), 'No actor yet');
    byId('now').replaceChildren();
    if (!chart.isDrawn && store.totals?.actors === 0) showWelcome();
    return;
  }
  setText(byId('name'), actor.name);
  const where = step ? placeOf(step) : whereOf(actor);
  const tags = step?.snapshot.tags ?? actor.tags;
  const text = `${where}|${tags.join('|')}`;
  const now = byId('now');
  if (now.dataset['text'] === text) return;
  now.dataset['text'] = text;
  now.replaceChildren(
    html('span', { class: 'where', title: where }, where),
    ...tags.map((tag) => html('span', { class: 'tag' }, tag)),
  );
}

/** Shows instructions while no actor has arrived. */
function showWelcome(): void {
  const code = html('code', {}, `createWebSocketInspector({ url: '${store.producerUrl}' })`);
  const welcome = html('div', { class: 'empty' });
  welcome.append(
    html('p', {}, 'No actor has connected yet. Use this inspector, from @statelyai/inspect:'),
    code,
  );
  const host = byId('chart');
  if (host.textContent !== welcome.textContent) host.replaceChildren(welcome);
}

function showTotals(): void {
  const { totals } = store;
  if (totals === undefined) return;
  byId('failed').hidden = totals.failedActors === 0;
  setText(byId('failed'), `${totals.failedActors} failed`);
  const parts = [
    `${totals.producers} ${totals.producers === 1 ? 'app' : 'apps'}`,
    `${totals.actors} ${totals.actors === 1 ? 'actor' : 'actors'}`,
    `${compact(totals.kept)} records`,
    ...(totals.dropped > 0 ? [`${compact(totals.dropped)} dropped`] : []),
    ...(totals.missed > 0 ? [`${compact(totals.missed)} missed by apps`] : []),
    ...(totals.rejected > 0 ? [`${compact(totals.rejected)} not understood`] : []),
    ...(totals.cut > 0 ? [`${compact(totals.cut)} shortened`] : []),
    ...(totals.turnedAway > 0 ? [`${compact(totals.turnedAway)} turned away`] : []),
    ...(totals.failed > 0 ? [`${compact(totals.failed)} lost to a mistake of the inspector`] : []),
  ];
  setText(byId('totals'), parts.join(' · '));
}

function showLink(state: LinkState, at: number | undefined): void {
  const texts = {
    live: store.recording === undefined ? 'live' : `recording ${store.recording}`,
    connecting: 'connecting',
    waiting: 'server gone',
    refused: 'refused',
  };
  retryAt = at;
  byId('link').dataset['state'] = state;
  const hint = 'The token is no longer valid: open the address that the new server has printed.';
  if (at === undefined) setText(byId('link'), state === 'refused' ? hint : texts[state]);
  else showRetry(at);
  schedule();
}

function showRetry(at: number): void {
  setText(byId('link'), `server gone · next attempt in ${duration(Math.max(0, at - Date.now()))}`);
}
