// StagesComponent: Algorithm 1 for one class, stage by stage. `props.value`: { stages: [{ name, sentence }], maps:
// { hidden, features }, distances, loss }, each figure with one frame a stage (ans.plots.stages). Frames move here,
// without the server.
const root = element.querySelector('.stages');
const part = name => root.querySelector('.' + name);
const plots = { map: part('of-map'), distances: part('of-distances'), loss: part('of-loss') };
const PAUSE = 1100,
  MOVE = window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 650;
let told = null,
  stage = 0,
  timer = 0,
  drawn = false;

function dressed(layout) {
  const line = colour('figure-line');
  const axis = a => ({ gridcolor: line, linecolor: line, fixedrange: true, ...a });
  return {
    ...layout,
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    autosize: true,
    dragmode: false,
    font: { family: 'system-ui, sans-serif', size: 12, color: colour('figure-text') },
    xaxis: axis(layout.xaxis),
    yaxis: axis(layout.yaxis),
  };
}
const figures = () => ({ map: told.maps[part('seen').value], distances: told.distances, loss: told.loss });

// For who does not see it: what is drawn, and of the loss each number.
function describe() {
  const losses = told.loss.data[0].y.map((loss, i) => `${told.stages[i].name} ${loss.toPrecision(2)}`).join(', ');
  const words = {
    map: 'Map of the points on their way from texts to negatives. The sentence above says what happens at each stage.',
    distances: 'Histogram: distance of the points to the texts of the class.',
    loss: `Line: the loss at each stage. ${losses}.`,
  };
  for (const [name, gd] of Object.entries(plots)) {
    gd.setAttribute('role', 'img');
    gd.setAttribute('aria-label', words[name]);
  }
}

async function put(name, figure) {
  const gd = plots[name];
  await window.Plotly.react(gd, figure.data, dressed(figure.layout), {
    responsive: false,
    displayModeBar: false,
    showSendToCloud: false,
    plotlyServerURL: '',
  });
  if (gd._transitionData) await window.Plotly.deleteFrames(gd);
  await window.Plotly.addFrames(gd, figure.frames);
  await move(gd, 0);
}
const move = (gd, milliseconds) =>
  window.Plotly.animate(gd, [String(stage)], {
    mode: 'immediate',
    transition: { duration: milliseconds, easing: 'cubic-in-out' },
    frame: { duration: milliseconds, redraw: false },
  }).catch(() => {}); // the next move interrupts this one

function tell() {
  const last = told.stages.length - 1;
  [...part('lines').children].forEach((line, i) =>
    line.firstChild.setAttribute('aria-current', i === stage ? 'step' : 'false'),
  );
  part('slider').max = last;
  part('slider').value = stage;
  part('slider').setAttribute('aria-valuetext', told.stages[stage].name);
  part('sentence').textContent = told.stages[stage].sentence;
  part('back').disabled = stage === 0;
  part('forth').disabled = stage === last;
  root.dataset.stage = stage;
}

function go(to) {
  stage = Math.min(Math.max(to, 0), told.stages.length - 1);
  tell();
  for (const gd of Object.values(plots)) move(gd, MOVE);
}

function pause() {
  clearInterval(timer);
  timer = 0;
  part('play').textContent = '▶ Play';
}
function play() {
  if (timer) {
    pause();
    return;
  }
  if (stage === told.stages.length - 1) go(0);
  part('play').textContent = '❚❚ Pause';
  timer = setInterval(() => {
    if (!root.isConnected) {
      pause();
      return;
    }
    go(stage + 1);
    if (stage === told.stages.length - 1) pause();
  }, PAUSE);
}

async function paint() {
  drawn = Boolean(told && !told.nothing && plots.map.clientWidth);
  if (drawn) for (const [name, figure] of Object.entries(figures())) await put(name, figure);
}

function draw() {
  pause();
  told = props.value ? JSON.parse(props.value) : { nothing: '' };
  root.classList.toggle('is-empty', told.nothing !== undefined);
  part('nothing').textContent = told.nothing || '';
  if (told.nothing !== undefined) {
    drawn = false;
    return;
  }
  stage = Math.min(stage, told.stages.length - 1);
  part('lines').replaceChildren(
    ...told.stages.map((one, i) => {
      const line = node('li'),
        button = node('button', '', one.name);
      button.type = 'button';
      button.onclick = () => {
        pause();
        go(i);
      };
      line.append(button);
      return line;
    }),
  );
  tell();
  describe();
  paint();
}
part('back').onclick = () => {
  pause();
  go(stage - 1);
};
part('forth').onclick = () => {
  pause();
  go(stage + 1);
};
part('play').onclick = play;
part('slider').oninput = event => {
  pause();
  go(Number(event.target.value));
};
part('seen').onchange = () => put('map', figures().map);
new ResizeObserver(() => {
  if (!plots.map.clientWidth || !told || told.nothing !== undefined) return;
  if (!drawn) paint();
  else for (const gd of Object.values(plots)) if (gd.data) window.Plotly.Plots.resize(gd);
}).observe(plots.map);
watch('value', draw);
draw();
