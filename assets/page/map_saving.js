// Saving for map.js what is seen, with the legend, the names and the star as parts of the figure.
const mapFileName = (title) => title.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '').toLowerCase() || 'map';

// A figure of its own: `traces` as they are drawn, `names` [{ name, centre }] on the map, `star` [] or [x, y, text].
function savedMap({ traces, layout, title, names, star, turning }) {
  const surface = colour('block-background-fill'), ink = colour('ink');
  const data = traces.map(one => ({ ...one, showlegend: one.mode !== 'text' && !one.hoverinfo }));
  if (!turning && names.length) data.push({ type: 'scatter', mode: 'text', x: names.map(one => one.centre[0]),
    y: names.map(one => one.centre[1]), text: names.map(one => `<b>${escaped(one.name)}</b>`), hoverinfo: 'skip',
    showlegend: false, textfont: { size: 13, color: ink } });
  if (star.length === 3) data.push({ type: 'scatter', mode: 'markers', name: 'your text', x: [star[0]], y: [star[1]],
    text: [wrapped(star[2])], hovertemplate: '%{text}<extra>your text</extra>',
    marker: { symbol: 'star', size: 18, color: ink } });
  const made = { ...structuredClone(layout), paper_bgcolor: surface, plot_bgcolor: surface, showlegend: true,
    dragmode: turning ? 'turntable' : 'pan', title: { text: escaped(title), x: 0.02, font: { size: 16 } },
    margin: { l: 16, r: 16, t: 48, b: 16 },
    legend: { orientation: 'h', y: -0.02, yanchor: 'top', x: 0, itemsizing: 'constant' } };
  delete made.meta;
  return { data, layout: made };
}

function saveAsPicture(made, title) {
  window.Plotly.downloadImage(made, { format: 'png', width: 1400, height: 900, scale: 2,
    filename: mapFileName(title) });
}

async function saveAsPage(made, title) {
  const address = document.querySelector('script[src*="plotly.min.js"]').src;
  const plotly = await (await fetch(address)).text();
  const json = JSON.stringify(made).replace(/</g, '\\u003c'),
    config = '{responsive:true,displaylogo:false,showSendToCloud:false,plotlyServerURL:"",scrollZoom:true}';
  const page = ['<!doctype html><html lang="en"><head><meta charset="utf-8"><title>',
    escaped(title), '</title>',
    '<style>html,body{margin:0;height:100%;background:', made.layout.paper_bgcolor,
      '}#map{height:100%}</style></head><body><div id="map"></div><script>',
    plotly, '</', 'script><script>const f=', json,
      ';delete f.layout.width;delete f.layout.height;Plotly.newPlot("map",f.data,f.layout,', config, ');</',
        'script></body></html>'];
  const link = node('a');
  link.href = URL.createObjectURL(new Blob(page, { type: 'text/html' }));
  link.download = mapFileName(title) + '.html';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
