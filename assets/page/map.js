// MapComponent: a map of texts. The server sends points; searching, hiding, singling out, clicking and saving happen
// here, so that they answer at once. `props.value` is a figure of ans.plots.maps.point_map, `props.spot` [] or the
// typed text's place. Before it stand map_points.js, map_names.js, map_list.js and map_saving.js.
const root = element.querySelector('.pointmap'), flat = root.querySelector('.plot'), space = flat.cloneNode();
// What is in the page of the two; each keeps its WebGL, which takes long to set up without a graphics card.
let gd = flat;
for (const one of [flat, space]) one.setAttribute('role', 'img');
const part = (name) => root.querySelector('.' + name);
const shown = { hidden: new Set(), search: '', errors: false, only: '', chosen: null, at: -1 };
let figure = null, groups = [], found = [], painted = '', shades = [];

const is3d = () => groups.length > 0 && groups[0].z !== null;
const singled = () => shown.search !== '' || shown.errors || shown.only !== '';
const meant = (point) => (!shown.errors || !point.right) && (!shown.search || point.lower.includes(shown.search))
  && (!shown.only || point.truth === shown.only);
const inWords = (number) => number.toLocaleString('en');
const names = classNames(part('names'), part('only'), (name) => { shown.only = name; single(); });
const list = pointList(part('listed'), choose);

function trace(group, points, changes) {
  const made = { type: group.type, mode: 'markers', name: group.name, x: points.map(p => p.x), y: points.map(p => p.y),
    customdata: points.map(p => p.id), hovertemplate: points.map(p => hoverOf(p)),
    marker: { ...group.marker, ...changes } };
  if (group.coloured) {
    made.marker.color = points.map(p => shades[p.colour]);
    made.marker.line = { ...group.marker.line, color: made.marker.color };
  }
  if (group.z) made.z = points.map(p => p.z);
  return made;
}

function traces() {
  shades = Array.from({ length: 12 }, (_, i) => colour('class-' + i));
  const back = [], front = [];
  for (const group of groups) {
    if (shown.hidden.has(group.key)) continue;
    if (!singled()) { back.push(trace(group, group.points, {})); continue; }
    const rest = trace(group, group.points.filter(p => !meant(p)), { opacity: group.z ? 0.05 : 0.1 });
    const quiet = { ...rest, hoverinfo: 'skip', hovertemplate: null };
    back.push(quiet);
    front.push(trace(group, group.points.filter(meant), { opacity: 1, size: group.marker.size + (group.z ? 2 : 3) }));
  }
  return [...back, ...front, ...(is3d() ? marks3d() : [])];
}

// In 3-D the star and the chosen point are traces of their own; in 2-D they lie over the plot and move freely, as do
// names of classes: a dozen texts in space lie over each other.
function marks3d() {
  const ink = colour('ink'), made = [];
  const mark = (name, at, symbol, size) => made.push({ type: 'scatter3d', mode: 'text', name, x: [at[0]], y: [at[1]],
    z: [at[2]],
    text: [symbol], textfont: { size, color: ink }, hoverinfo: 'skip' });
  if (props.spot && props.spot.length === 4) mark('your text', props.spot, '★', 28);
  if (shown.chosen) mark('chosen', [shown.chosen.x, shown.chosen.y, shown.chosen.z], '◯', 24);
  return made;
}

function placeMark(mark, at) {
  const layout = gd._fullLayout;
  const fits = at && layout && layout.xaxis && layout.xaxis.range && !is3d() && groups.length > 0;
  mark.style.display = fits ? 'block' : 'none';
  if (!fits) return;
  const inside = (axis, value) => Math.min(Math.max(axis.l2p(value), 0), axis._length);  // at the edge when outside
  mark.style.left = layout.xaxis._offset + inside(layout.xaxis, at[0]) + 'px';
  mark.style.top = layout.yaxis._offset + inside(layout.yaxis, at[1]) + 'px';
}
function placeMarks() {
  placeMark(part('star'), props.spot && props.spot.length ? props.spot : null);
  placeMark(part('chosen'), shown.chosen && [shown.chosen.x, shown.chosen.y]);
  names.place(groups.length && !is3d() ? gd._fullLayout : null);
}

function dressed(layout) {
  const line = colour('map-line'), made = structuredClone(layout);
  for (const axis of ['xaxis', 'yaxis', 'zaxis']) Object.assign(made.scene[axis], { gridcolor: line,
    showbackground: true, backgroundcolor: colour('map-wall') });
  if (!is3d()) delete made.scene;
  return Object.assign(made, {
    paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)', autosize: true,
      dragmode: is3d() ? 'turntable' : 'pan',
    font: { family: 'system-ui, sans-serif', size: 13, color: colour('figure-text') },
    hoverlabel: { bgcolor: colour('paper'), bordercolor: line, align: 'left',
      font: { color: colour('hover-text'), size: 13 } },
  });
}

let stale = false;
async function paint() {
  const wanted = is3d() ? space : flat;
  if (figure && wanted !== gd) { gd.replaceWith(wanted); gd = wanted; }
  stale = !gd.clientWidth;  // what is not seen is painted when it comes into view
  if (!figure || stale) return;
  painted = String(props.spot);
  await window.Plotly.react(wanted, traces(), dressed(figure.layout), { responsive: false, displaylogo: false,
    displayModeBar: false,
    showSendToCloud: false, plotlyServerURL: '', scrollZoom: true, doubleClick: 'reset' });
  if (!wanted.hooked) {  // not `gd`, which may be the other one by now
    wanted.hooked = true;
    if (wanted === space) wanted.on('plotly_hover', ({ points: [at] }) => { over = at.customdata; });
    else wanted.on('plotly_click', ({ points: [at] }) => { if (at.customdata !== undefined) choose(at.customdata); });
    wanted.on('plotly_unhover', () => { over = undefined; });
    for (const moved of ['plotly_afterplot', 'plotly_relayouting', 'plotly_relayout']) wanted.on(moved, placeMarks);
  }
  placeMarks();
}

// In 3-D Plotly tells of a click in each frame while the button is down, and from within its own drawing; to draw then
// would not end. A click there is a button that comes up where it went down, over a point.
let over, pressed = [0, 0];
space.addEventListener('pointerdown', (event) => { pressed = [event.clientX, event.clientY]; }, true);
space.addEventListener('pointerup', (event) => {
  const still = Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]) < 5;
  if (still && over !== undefined) choose(over);
}, true);

function choose(id) {
  for (const group of groups) for (const point of group.points) if (point.id === id) shown.chosen = point;
  if (is3d()) paint(); else placeMarks();
  list.choose(id);
  trigger('click', { id });
}

function legend() {
  const line = part('groups');
  line.replaceChildren();
  for (const group of groups) {
    const chip = node('button', 'group');
    const dot = node('span', 'dot ' + group.marker.symbol + (group.coloured ? ' many' : ''));
    chip.type = 'button';
    dot.style.setProperty('--dot', group.marker.color);
    dot.style.opacity = Math.min(1, group.marker.opacity + 0.1);
    chip.append(dot, node('span', '', group.name), node('span', 'count', inWords(group.points.length)));
    chip.setAttribute('aria-pressed', String(!shown.hidden.has(group.key)));
    chip.onclick = () => {
      if (!shown.hidden.delete(group.key)) shown.hidden.add(group.key);
      chip.setAttribute('aria-pressed', String(!shown.hidden.has(group.key)));
      single();
    };
    line.append(chip);
  }
}

// What search, switch and class single out, counted and painted.
function single() {
  const visible = groups.filter(group => !shown.hidden.has(group.key)).flatMap(group => group.points);
  found = singled() ? visible.filter(meant).toSorted((a, b) => b.test - a.test) : [];  // what Evaluate counts first
  shown.at = -1;
  part('found').textContent = singled() ? counted() : '';
  list.show(singled() ? found : visible);
  return paint();
}

// Test texts are counted as in Evaluate; what else is answered wrongly is named beside them.
function counted() {
  if (!found.length) return 'No point of the map matches.';
  if (!shown.errors) return `${inWords(found.length)} found` + (shown.search ? '; Enter shows the next one.' : '.');
  const negatives = found.filter(point => point.made).length, tests = found.filter(point => point.test).length;
  const others = [[found.length - tests - negatives, 'training texts'], [negatives, 'negatives']];
  const beside = others.filter(([count]) => count).map(([count, name]) => `${inWords(count)} ${name}`);
  return `${inWords(tests)} test texts` + (beside.length ? `, also ${beside.join(' and ')}.` : '.');
}
function tellErrors() {
  const all = figure.layout.meta.test_errors;
  const drawn = groups.flatMap(group => group.points).filter(point => point.test && !point.right).length;
  const count = drawn < all ? `${inWords(drawn)} of ${inWords(all)}` : inWords(all);
  part('check').querySelector('span').textContent = `Errors only (${count})`;
  part('check').title = `${inWords(all)} texts of the test got a wrong answer, as Evaluate says.`
    + (drawn < all ? ` This map draws ${inWords(drawn)} of them.` : '');
}
// For who does not see it.
function tellMap() {
  const all = groups.map(group => `${inWords(group.points.length)} ${group.name}`).join(', ');
  const told = `Map: ${figure.layout.meta.title}. ${all}. The list below the map has each point.`;
  for (const one of [flat, space]) one.setAttribute('aria-label', told);
}

async function draw() {
  const sent = props.value ? JSON.parse(props.value) : { nothing: '' };
  figure = sent.nothing === undefined ? sent : null;
  root.classList.toggle('is-empty', !figure);
  part('nothing').textContent = sent.nothing || '';
  groups = figure ? groupsOf(figure) : [];
  shown.only = names.show(figure ? figure.layout.meta.classes : []);
  doing();
  if (!figure) {
    for (const one of [flat, space]) { if (one.data) window.Plotly.purge(one); one.hooked = false; }
    placeMarks();
    return;
  }
  if (shown.chosen) shown.chosen = groups.flatMap(g => g.points).find(p => p.id === shown.chosen.id
    && p.text === shown.chosen.text) || null;
  legend();
  tellErrors();
  tellMap();
  await single();
}

// Busy from the choice of another map until it is there (ans/ui/map/tab.py); waiting while a slow one is being fitted.
function doing() {
  const busy = root.classList.contains('is-busy');
  const told = busy ? 'Drawing the map' : (figure && figure.layout.meta.waiting) || '';
  if (part('doing').textContent !== told) part('doing').textContent = told;
}
root.addEventListener('busy', ({ detail }) => { root.classList.toggle('is-busy', detail); doing(); });

const saved = () => savedMap({ traces: traces(), layout: gd.layout, title: figure.layout.meta.title,
  names: names.named(), star: props.spot || [], turning: is3d() });

// With the cards beside the map; a phone without full screen lets the map fill its window.
const wide = element.closest('#map-look') || root, full = part('full');
function large(on) {
  wide.classList.toggle('is-large', on);
  full.setAttribute('aria-pressed', String(on));
  full.textContent = on ? 'Leave full screen' : 'Full screen';
}
full.onclick = async () => {
  const on = !wide.classList.contains('is-large');
  large(on);
  if (!on && document.fullscreenElement) await document.exitFullscreen();
  else if (on && wide.requestFullscreen) await wide.requestFullscreen().catch(() => {});
};
wide.addEventListener('fullscreenchange', () => { if (!document.fullscreenElement) large(false); });
wide.addEventListener('keydown', ({ key }) => { if (key === 'Escape' && !document.fullscreenElement) large(false); });

let typing = 0;
part('search').oninput = () => {
  clearTimeout(typing);
  typing = setTimeout(() => { shown.search = part('search').value.trim().toLowerCase(); single(); }, 120);
};
part('search').onkeydown = (event) => {
  if (event.key !== 'Enter' || !found.length) return;
  event.preventDefault();
  shown.at = (shown.at + (event.shiftKey ? -1 : 1) + found.length) % found.length;
  part('found').textContent = `${inWords(shown.at + 1)} of ${inWords(found.length)}`;
  choose(found[shown.at].id);
};
part('errors').onchange = (event) => { shown.errors = event.target.checked; single(); };
part('home').onclick = () => is3d() ? window.Plotly.relayout(gd, { 'scene.camera': { eye: { x: 1.1, y: 1.1,
  z: 0.8 } } })
                                    : window.Plotly.relayout(gd, { 'xaxis.autorange': true, 'yaxis.autorange': true });
part('png').onclick = () => saveAsPicture(saved(), figure.layout.meta.title);
part('html').onclick = () => saveAsPage(saved(), figure.layout.meta.title);
const resized = new ResizeObserver(() => {
  if (!gd.clientWidth) return;
  if (!gd.data || stale) paint();
  else if (gd._fullLayout.width !== gd.clientWidth
    || gd._fullLayout.height !== gd.clientHeight) window.Plotly.Plots.resize(gd);
});
resized.observe(flat);
resized.observe(space);

watch('value', draw);
let typed = '';
watch('spot', () => {
  const text = (props.spot || []).at(-1) || '';
  if (text !== typed) shown.chosen = null;  // the cards beside the map now tell of the typed text
  typed = text;
  if (is3d() && painted !== String(props.spot)) paint(); else placeMarks();  // a new map has painted it already
});
draw();
