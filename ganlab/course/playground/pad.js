// A pad to draw on by mouse, finger or keyboard. Strokes are lists of [x, y] in the data's units.

const SIZE = 320;
const MOST = 4000; // points in all

function render({ model, el }) {
  const canvas = document.createElement("canvas");
  canvas.className = "ganlab-pad";
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  const said = document.createElement("div");
  said.className = "ganlab-said";
  said.setAttribute("aria-live", "polite");
  // Buttons of the pad's own: the kernel's answer to one of its would take strokes with it that were
  // drawn meanwhile, and its button may be heard before the last stroke is.
  const row = document.createElement("div");
  el.append(row, canvas, said);

  function button(name, title, pressed) {
    const one = document.createElement("button");
    one.className = "jupyter-widgets jupyter-button widget-button";
    one.textContent = name;
    one.title = title;
    one.addEventListener("click", pressed);
    row.append(one);
  }

  const ctx = canvas.getContext("2d");
  let strokes = [];
  let stroke = null;
  let cursor = [0.5, 0.5]; // in parts of the pad, from the upper left
  let keys = false; // whether the keyboard is in use

  const line = () => model.get("line");
  const range = () => model.get("range");

  function units([u, v]) {
    const [low, high] = range();
    const x = low + u * (high - low);
    return [x, line() ? 1 - v : low + (1 - v) * (high - low)];
  }

  function parts([x, y]) {
    const [low, high] = range();
    return [(x - low) / (high - low), line() ? 1 - y : 1 - (y - low) / (high - low)];
  }

  function draw() {
    const scale = Math.max(1, window.devicePixelRatio || 1);
    canvas.width = canvas.height = SIZE * scale;
    ctx.setTransform(scale, 0, 0, scale, 0, 0);
    ctx.fillStyle = "#fff";
    ctx.fillRect(0, 0, SIZE, SIZE);
    ctx.strokeStyle = "#ddd";
    ctx.fillStyle = "#666";
    ctx.font = "11px sans-serif";
    const [low, high] = range();
    for (let k = Math.ceil(low); k <= high; k++) {
      const at = (SIZE * (k - low)) / (high - low);
      ctx.beginPath();
      ctx.moveTo(at, 0);
      ctx.lineTo(at, SIZE);
      if (!line()) {
        ctx.moveTo(0, SIZE - at);
        ctx.lineTo(SIZE, SIZE - at);
      }
      ctx.stroke();
      ctx.fillText(`${k}`, at + 3, SIZE - 4);
      if (!line() && k > low) ctx.fillText(`${k}`, 3, SIZE - at - 3);
    }
    ctx.strokeStyle = ctx.fillStyle = "#0072B2";
    ctx.lineWidth = line() ? 3 : 9;
    ctx.lineCap = ctx.lineJoin = "round";
    for (const one of [...strokes, ...(stroke ? [stroke] : [])]) {
      ctx.beginPath();
      one.forEach((p, i) => {
        const [u, v] = parts(p);
        ctx[i ? "lineTo" : "moveTo"](u * SIZE, v * SIZE);
        if (one.length === 1) ctx.lineTo(u * SIZE + 0.1, v * SIZE);
      });
      ctx.stroke();
    }
    if (keys) {
      const [u, v] = [cursor[0] * SIZE, cursor[1] * SIZE];
      ctx.strokeStyle = "#D55E00";
      ctx.lineWidth = 2;
      ctx.beginPath();
      ctx.moveTo(u - 9, v);
      ctx.lineTo(u + 9, v);
      ctx.moveTo(u, v - 9);
      ctx.lineTo(u, v + 9);
      ctx.stroke();
    }
  }

  function count() {
    return strokes.reduce((sum, one) => sum + one.length, stroke ? stroke.length : 0);
  }

  function put(point) {
    if (stroke && count() < MOST) stroke.push(units(point).map((n) => Math.round(1e3 * n) / 1e3));
    draw();
  }

  function lift() {
    if (!stroke) return;
    if (stroke.length) strokes = [...strokes, stroke];
    stroke = null;
    send();
  }

  function send() {
    model.set("strokes", strokes);
    model.save_changes();
    tell();
  }

  function tell() {
    const n = strokes.length;
    said.textContent = n ? `${n} stroke${n > 1 ? "s" : ""}` : "nothing drawn yet";
    draw();
  }

  function take() {
    lift();
    model.send({ enter: true, strokes });
  }

  button("Train on it", "on what is drawn", take);
  button("Clear", "begin the drawing again", () => {
    strokes = [];
    stroke = null;
    send();
  });

  function place(event) {
    const box = canvas.getBoundingClientRect();
    const inside = (n) => Math.min(1, Math.max(0, n));
    return [
      inside((event.clientX - box.left) / box.width),
      inside((event.clientY - box.top) / box.height),
    ];
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    keys = false;
    stroke = [];
    put(place(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (stroke && !keys) put(place(event));
  });
  for (const name of ["pointerup", "pointercancel"])
    canvas.addEventListener(name, () => {
      if (!keys) lift();
    });

  const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  canvas.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    if (move) {
      keys = true;
      const far = event.shiftKey ? 0.1 : 0.02;
      cursor = cursor.map((n, i) => Math.min(1, Math.max(0, n + far * move[i])));
      put(cursor);
      if (!stroke) said.textContent = units(cursor).map((n) => n.toFixed(2)).join(", ");
    } else if (event.key === " ") {
      keys = true;
      if (stroke) lift();
      else {
        stroke = [];
        put(cursor);
        said.textContent = "the pen is down";
      }
    } else if (event.key === "Backspace") {
      stroke = null;
      strokes = strokes.slice(0, -1);
      send();
    } else if (event.key === "Enter") {
      take();
    } else return;
    event.preventDefault();
    event.stopPropagation(); // JupyterLab has uses of its own for these keys
  });

  function again() {
    strokes = model.get("strokes");
    tell();
  }

  function name() {
    canvas.setAttribute("aria-label", model.get("alt"));
    draw();
  }

  const heard = { strokes: again, line: draw, range: draw, alt: name };
  for (const [trait, f] of Object.entries(heard)) model.on(`change:${trait}`, f);
  name();
  again();
  return () => {
    for (const [trait, f] of Object.entries(heard)) model.off(`change:${trait}`, f);
  };
}

export default { render };
