// PlotComponent: one Plotly figure that is updated in place: zoom, hidden groups and the WebGL context survive. A click
// on a point or a cell says where it lies and what the server wrote into its trace's `meta`.
const gd = element.querySelector('.plot');

// What the figure shows, in words: its name, and of each of its parts how many points, or where a line begins and ends.
function inWords({ layout, _fullData: drawn }) {
  const number = x => (typeof x === 'number' ? Number(x.toPrecision(3)).toLocaleString('en') : String(x));
  const axis = one => layout[one]?.title?.text;
  const parts = drawn.map(({ type, mode = '', _input, x = [], y = [], z = [] }) => {
    const said = _input.name ? _input.name + ': ' : '';
    if (type === 'heatmap') return `${said}${z.length} rows, ${x.length} columns`;
    if (!mode.includes('lines') || !y.length) return `${said}${y.length || x.length} values`;
    return `${said}from ${number(y[0])} at ${number(x[0])} to ${number(y.at(-1))} at ${number(x.at(-1))}`;
  });
  const against = axis('yaxis') && axis('xaxis') ? [`${axis('yaxis')} by ${axis('xaxis')}`] : [];
  return [gd.dataset.name, ...against, ...parts].join('. ');
}

function dressed(layout) {
  const line = colour('figure-line');
  const axis = a => Object.assign({ gridcolor: line, zerolinecolor: line, linecolor: line }, a);
  return Object.assign(layout, {
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    autosize: true,
    font: { family: 'system-ui, sans-serif', size: 13, color: colour('figure-text') },
    hoverlabel: {
      bgcolor: colour('paper'),
      bordercolor: line,
      align: 'left',
      font: { color: colour('hover-text'), size: 13 },
    },
    xaxis: axis(layout.xaxis),
    yaxis: axis(layout.yaxis),
  });
}

async function draw() {
  if (!props.value) {
    if (gd.data) {
      window.Plotly.purge(gd);
      gd.replaceChildren();
      gd.hooked = false;
      gd.removeAttribute('role');
      gd.removeAttribute('aria-label');
    }
    return;
  }
  const figure = JSON.parse(props.value);
  await window.Plotly.react(gd, figure.data, dressed(figure.layout), {
    responsive: false, // it is told below, also of what happened while it was hidden
    displaylogo: false,
    showSendToCloud: false,
    plotlyServerURL: '',
    scrollZoom: true,
    displayModeBar: figure.layout.meta && figure.layout.meta.tools ? 'hover' : false,
  });
  gd.setAttribute('role', gd.querySelector('.modebar-btn') ? 'group' : 'img'); // a picture has no buttons
  gd.setAttribute('aria-label', inWords(gd));
  if (!gd.hooked) {
    gd.hooked = true;
    gd.on('plotly_click', ({ points: [at] }) => trigger('click', { x: at.x, y: at.y, about: at.data.meta ?? null }));
  }
  await star();
}

// The star is an empty list or [x, y, text]; it moves without touching the other points.
async function star() {
  if (!gd.data) return;
  const at = props.spot || [],
    index = gd.data.findIndex(trace => trace.name === 'your text');
  if (!at.length) {
    if (index >= 0) await window.Plotly.deleteTraces(gd, [index]);
    return;
  }
  const place = { x: [at[0]], y: [at[1]], text: [at[2]] };
  if (index >= 0) {
    await window.Plotly.restyle(gd, { x: [place.x], y: [place.y], text: [place.text] }, [index]);
    return;
  }
  await window.Plotly.addTraces(gd, {
    type: 'scattergl',
    mode: 'markers',
    name: 'your text',
    hovertemplate: '%{text}<extra>your text</extra>',
    marker: { symbol: 'star', size: 20, color: colour('ink'), line: { width: 1.5, color: colour('paper') } },
    ...place,
  });
}
new ResizeObserver(() => {
  const fit = () => gd.data && gd.clientWidth && gd.clientWidth !== gd._fullLayout.width;
  inTurn(() => fit() && window.Plotly.Plots.resize(gd));
}).observe(gd);
// One after the other: Plotly does not bear that a figure goes while it is being changed.
let turn = Promise.resolve();
const inTurn = act => (turn = turn.then(act, act));
watch('value', () => inTurn(draw));
watch('spot', () => inTurn(star));
inTurn(draw);
