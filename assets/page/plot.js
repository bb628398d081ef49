// PlotComponent: one Plotly figure that is updated in place: zoom, hidden groups and the WebGL context survive. A click
// on a point or a cell says where it lies and what the server wrote into its trace's `meta`.
const gd = element.querySelector('.plot');

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
    }
    return;
  }
  const figure = JSON.parse(props.value);
  await window.Plotly.react(gd, figure.data, dressed(figure.layout), {
    responsive: true,
    displaylogo: false,
    showSendToCloud: false,
    plotlyServerURL: '',
    scrollZoom: true,
    displayModeBar: figure.layout.meta && figure.layout.meta.tools ? 'hover' : false,
  });
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
watch('value', draw);
watch('spot', star);
draw();
