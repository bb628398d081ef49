// MapComponent: a map of texts. The server sends points; searching, hiding, singling out, clicking and saving happen
// here, so that they answer at once. `props.value` is a figure of ans.plots.maps.point_map, `props.spot` [] or the
// typed text's place.
const root = element.querySelector('.pointmap'), flat = root.querySelector('.plot'), space = flat.cloneNode();
// What is in the page of the two; each keeps its WebGL, which takes long to set up without a graphics card.
let gd = flat;
const part = (name) => root.querySelector('.' + name);
const shown = { hidden: new Set(), search: '', misjudged: false, chosen: null, at: -1 };
let figure = null, groups = [], found = [], painted = '';

const ARRAYS = {
  f4: Float32Array, f8: Float64Array, i1: Int8Array, i2: Int16Array, i4: Int32Array,
  u1: Uint8Array, u2: Uint16Array, u4: Uint32Array,
};
function decoded(array) {  // Plotly's way to send numbers: base64 of a typed array
  if (!array || !array.bdata) return array || [];
  return new ARRAYS[array.dtype](Uint8Array.from(atob(array.bdata), c => c.charCodeAt(0)).buffer);
}
const is3d = () => groups.length > 0 && groups[0].z !== null;
const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

const folded = new Map();  // of thousands of texts, the same on every map of a run
function wrapped(text) {
  if (!folded.has(text)) folded.set(text, fold(text));
  return folded.get(text);
}
function fold(text) {
  const lines = [''];
  for (const word of text.slice(0, 400).split(' ')) {
    if (lines.at(-1) && lines.at(-1).length + word.length > 58) lines.push(word);
    else lines[lines.length - 1] += (lines.at(-1) ? ' ' : '') + word;
  }
  return lines.map(escaped).join('<br>');
}

function read(sent) {
  const { names, open } = sent.layout.meta;
  return sent.data.map(one => {
    const about = decoded(one.customdata), made = one.meta.group === 'synthesized', points = [];
    const x = decoded(one.x), y = decoded(one.y), z = one.z ? decoded(one.z) : null;
    one.text.forEach((text, i) => points.push({
      id: about[4 * i], text, lower: text.toLowerCase(), right: about[4 * i + 3] === 1,
      x: x[i], y: y[i], z: z ? z[i] : null,
      truth: names[about[4 * i + 1]], answer: names[about[4 * i + 2]], isOpen: about[4 * i + 2] === open, made }));
    return { key: one.meta.group, name: one.name, type: one.type, marker: one.marker, points, z };
  });
}

function hover(point) {
  const verdict = point.isOpen ? 'OPEN' : escaped(point.answer);
  const first = point.made ? '<i>made from</i> ' : '';
  const truth = point.made ? '' : `true class: ${escaped(point.truth)}<br>`;
  const misjudged = point.right ? '' : ', misjudged';
  return `${first}${wrapped(point.text)}<br>${truth}verdict: ${verdict}${misjudged}<extra></extra>`;
}

const singled = () => shown.search !== '' || shown.misjudged;
const meant = (point) => (!shown.misjudged || !point.right) && (!shown.search || point.lower.includes(shown.search));

function trace(group, points, changes) {
  const made = { type: group.type, mode: 'markers', name: group.name, x: points.map(p => p.x), y: points.map(p => p.y),
    customdata: points.map(p => p.id), hovertemplate: points.map(p => hover(p)),
    marker: { ...group.marker, ...changes } };
  if (group.z) made.z = points.map(p => p.z);
  return made;
}

function traces() {
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

// In 3-D the star and the chosen point are traces of their own; in 2-D they lie over the plot and move freely.
function marks3d() {
  const ink = colour('ink'), list = [];
  const mark = (name, at, symbol, size) => list.push({ type: 'scatter3d', mode: 'text', name, x: [at[0]], y: [at[1]],
    z: [at[2]],
    text: [symbol], textfont: { size, color: ink }, hoverinfo: 'skip' });
  if (props.spot && props.spot.length === 4) mark('your text', props.spot, '★', 28);
  if (shown.chosen) mark('chosen', [shown.chosen.x, shown.chosen.y, shown.chosen.z], '◯', 24);
  return list;
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

async function paint() {
  const wanted = is3d() ? space : flat;
  if (figure && wanted !== gd) { gd.replaceWith(wanted); gd = wanted; }
  if (!figure || !gd.clientWidth) return;
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
  trigger('click', { id });
}

function legend() {
  const line = part('groups');
  line.replaceChildren();
  for (const group of groups) {
    const chip = node('button', 'group'), dot = node('span', 'dot ' + group.marker.symbol);
    chip.type = 'button';
    dot.style.setProperty('--dot', group.marker.color);
    dot.style.opacity = Math.min(1, group.marker.opacity + 0.1);
    chip.append(dot, node('span', '', group.name), node('span', 'count', group.points.length.toLocaleString('en')));
    chip.setAttribute('aria-pressed', String(!shown.hidden.has(group.key)));
    chip.onclick = () => {
      if (!shown.hidden.delete(group.key)) shown.hidden.add(group.key);
      chip.setAttribute('aria-pressed', String(!shown.hidden.has(group.key)));
      single();
    };
    line.append(chip);
  }
}

// What search and switch single out, counted and painted.
function single() {
  const visible = groups.filter(group => !shown.hidden.has(group.key)).flatMap(group => group.points);
  found = singled() ? visible.filter(meant) : [];
  shown.at = -1;
  const wrong = visible.filter(point => !point.right).length;
  part('check').querySelector('span').textContent = `Only misjudged (${wrong.toLocaleString('en')})`;
  if (!singled()) part('found').textContent = '';
  else if (!found.length) part('found').textContent = shown.search
    ? 'No text of the map matches.' : 'No point is misjudged.';
  else part('found').textContent = `${found.length.toLocaleString('en')} found` + (shown.search
    ? '; Enter shows the next one.' : '.');
  return paint();
}

async function draw() {
  const sent = props.value ? JSON.parse(props.value) : { nothing: '' };
  figure = sent.nothing === undefined ? sent : null;
  root.classList.toggle('is-empty', !figure);
  part('nothing').textContent = sent.nothing || '';
  groups = figure ? read(figure) : [];
  if (!figure) {
    for (const one of [flat, space]) { if (one.data) window.Plotly.purge(one); one.hooked = false; }
    placeMarks();
    return;
  }
  if (shown.chosen) shown.chosen = groups.flatMap(g => g.points).find(p => p.id === shown.chosen.id
    && p.text === shown.chosen.text) || null;
  legend();
  await single();
}

// Saving: what is seen, with the legend and the star as parts of the figure.
function saved() {
  const surface = colour('block-background-fill');
  const data = traces().map(one => ({ ...one, showlegend: !one.hoverinfo }));
  const star = props.spot || [], ink = colour('ink');
  if (star.length === 3) data.push({ type: 'scatter', mode: 'markers', name: 'your text', x: [star[0]], y: [star[1]],
    text: [wrapped(star[2])],
    hovertemplate: '%{text}<extra>your text</extra>', marker: { symbol: 'star', size: 18, color: ink } });
  const layout = { ...structuredClone(gd.layout), paper_bgcolor: surface, plot_bgcolor: surface, showlegend: true,
    dragmode: is3d() ? 'turntable' : 'pan',
    title: { text: escaped(figure.layout.meta.title), x: 0.02, font: { size: 16 } }, margin: { l: 16, r: 16, t: 48,
      b: 16 },
    legend: { orientation: 'h', y: -0.02, yanchor: 'top', x: 0, itemsizing: 'constant' } };
  delete layout.meta;
  return { data, layout };
}
const fileName = () => figure.layout.meta.title.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g,
  '').toLowerCase() || 'map';

async function saveHtml() {
  const address = document.querySelector('script[src*="plotly.min.js"]').src;
  const plotly = await (await fetch(address)).text(), made = saved();
  const json = JSON.stringify(made).replace(/</g, '\\u003c'),
    config = '{responsive:true,displaylogo:false,showSendToCloud:false,plotlyServerURL:"",scrollZoom:true}';
  const page = ['<!doctype html><html lang="en"><head><meta charset="utf-8"><title>',
    escaped(figure.layout.meta.title), '</title>',
    '<style>html,body{margin:0;height:100%;background:', made.layout.paper_bgcolor,
      '}#map{height:100%}</style></head><body><div id="map"></div><script>',
    plotly, '</', 'script><script>const f=', json,
      ';delete f.layout.width;delete f.layout.height;Plotly.newPlot("map",f.data,f.layout,', config, ');</',
        'script></body></html>'];
  const link = node('a');
  link.href = URL.createObjectURL(new Blob(page, { type: 'text/html' }));
  link.download = fileName() + '.html';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

let typing = 0;
part('search').oninput = () => {
  clearTimeout(typing);
  typing = setTimeout(() => { shown.search = part('search').value.trim().toLowerCase(); single(); }, 120);
};
part('search').onkeydown = (event) => {
  if (event.key !== 'Enter' || !found.length) return;
  event.preventDefault();
  shown.at = (shown.at + (event.shiftKey ? -1 : 1) + found.length) % found.length;
  part('found').textContent = `${(shown.at + 1).toLocaleString('en')} of ${found.length.toLocaleString('en')}`;
  choose(found[shown.at].id);
};
part('misjudged').onchange = (event) => { shown.misjudged = event.target.checked; single(); };
part('home').onclick = () => is3d() ? window.Plotly.relayout(gd, { 'scene.camera': { eye: { x: 1.1, y: 1.1,
  z: 0.8 } } })
                                    : window.Plotly.relayout(gd, { 'xaxis.autorange': true, 'yaxis.autorange': true });
part('png').onclick = () => window.Plotly.downloadImage(saved(), { format: 'png', width: 1400, height: 900, scale: 2,
  filename: fileName() });
part('html').onclick = saveHtml;
const resized = new ResizeObserver(() => {
  if (!gd.clientWidth) return;
  if (!gd.data) paint();
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
