// Reads what `point_map` (ans/plots/maps.py) sends to map.js: numbers, points, hover texts.
const ARRAYS = {
  f4: Float32Array, f8: Float64Array, i1: Int8Array, i2: Int16Array, i4: Int32Array,
  u1: Uint8Array, u2: Uint16Array, u4: Uint32Array,
};
function decoded(array) {  // Plotly's way to send numbers: base64 of a typed array
  if (!array || !array.bdata) return array || [];
  return new ARRAYS[array.dtype](Uint8Array.from(atob(array.bdata), c => c.charCodeAt(0)).buffer);
}
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

// [{ key, name, type, marker, test, coloured, points, z }] of a figure, group by group.
function groupsOf(sent) {
  const { names, open, classes } = sent.layout.meta, colours = new Map(classes.map(one => [one.name, one.colour]));
  return sent.data.map(one => {
    const about = decoded(one.customdata), made = one.meta.group === 'synthesized', points = [];
    const x = decoded(one.x), y = decoded(one.y), z = one.z ? decoded(one.z) : null;
    one.text.forEach((text, i) => points.push({
      id: about[4 * i], text, lower: text.toLowerCase(), right: about[4 * i + 3] === 1,
      x: x[i], y: y[i], z: z ? z[i] : null, truth: names[about[4 * i + 1]], answer: names[about[4 * i + 2]],
      isOpen: about[4 * i + 2] === open, made, test: one.meta.test, group: one.name }));
    const coloured = points.length > 0 && points.every(point => colours.has(point.truth));
    for (const point of coloured ? points : []) point.colour = colours.get(point.truth);
    return { key: one.meta.group, name: one.name, type: one.type, marker: one.marker, coloured, points, z };
  });
}

// What is said of a point: where it is from, its true class and the answer. Not yet escaped.
function aboutPoint(point) {
  const wrong = point.right ? '' : ' (an error)', answer = `answer: ${point.isOpen ? 'OPEN' : point.answer}${wrong}`;
  return point.made ? [answer] : [`true class: ${point.truth}`, answer];
}

function hoverOf(point) {
  const first = point.made ? '<i>made from</i> ' : '';
  return `${first}${wrapped(point.text)}<br>${aboutPoint(point).map(escaped).join('<br>')}<extra></extra>`;
}
