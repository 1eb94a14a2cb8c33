// A map of digits on a canvas, with zoom, pan, hover, area selection and a click that opens a digit. The state of a map
// (visible part, area, mode) is kept here, across the reruns that send new data.

const NEAR = 14; // CSS pixels: greatest distance between the pointer and the digit it selects
const MOST_PICTURES = 500; // up to this number of visible digits, each is drawn as a picture
const SIDE = 28, COLUMNS = 50; // CSS pixels of a digit, and digits in a row, in the sprite sheet
const MARGIN = 14;
const GLIDE = 500; // milliseconds of the animation from one layout to the next
const maps = new WeakMap();

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

export default function ({parentElement, data, setTriggerValue}) {
  let map = maps.get(parentElement);
  if (!map) maps.set(parentElement, (map = new DigitMap(parentElement.querySelector(".map"))));
  map.send = setTriggerValue;
  map.update(data);
}

class DigitMap {
  constructor(root) {
    Object.assign(this, {root, view: {scale: 1, x: 0, y: 0}, pointers: new Map(), moving: false});
    this.canvas = root.querySelector("canvas");
    this.tip = root.querySelector(".tip");
    this.pen = this.canvas.getContext("2d");
    new ResizeObserver(() => this.resize()).observe(this.canvas);
    this.canvas.addEventListener("wheel", (event) => this.wheel(event), {passive: false});
    this.canvas.addEventListener("pointerdown", (event) => this.down(event));
    this.canvas.addEventListener("pointermove", (event) => this.move(event));
    this.canvas.addEventListener("pointerup", (event) => this.up(event));
    this.canvas.addEventListener("pointercancel", (event) => this.up(event));
    this.canvas.addEventListener("pointerleave", () => this.hover(null));
    root.querySelectorAll("[data-do]").forEach((button) => (button.onclick = () => this[button.dataset.do]()));
    this.resize();
  }

  update(data) {
    if (this.id !== data.id) Object.assign(this, {id: data.id, view: {scale: 1, x: 0, y: 0}, positions: null});
    if (String(data.area) !== String(this.told)) this.area = data.area;
    Object.assign(this, {told: data.area, chosen: data.chosen, of: data.of, sheetIn: data.sheet_in});
    Object.assign(this, {labels: bytes(data.labels), colours: data.colours});
    this.glide(Float32Array.from(new Uint16Array(bytes(data.positions).buffer), (value) => value / 65535));
    this.showLegend();
    this.loadSheet();
    this.draw();
  }

  // Animates the digits to their new positions, so that people can follow the progress of a layout.
  glide(positions) {
    const from = this.positions;
    if (!from || from.length !== positions.length) {
      this.positions = positions;
      return;
    }
    if (from.every((value, place) => value === positions[place])) return;
    const began = performance.now();
    const step = (now) => {
      const share = Math.min(1, Math.max(0, (now - began) / GLIDE));
      this.positions = positions.map((value, place) => from[place] + share * (value - from[place]));
      this.draw();
      if (share < 1 && this.gliding === step) requestAnimationFrame(step);
    };
    this.gliding = step;
    requestAnimationFrame(step);
  }

  loadSheet() {
    if (this.sheet) return;
    const source = document.querySelector(`.st-key-${this.sheetIn} img`)?.src;
    if (!source) return void setTimeout(() => this.loadSheet(), 50);
    this.sheet = new Image();
    this.sheet.onload = () => this.draw();
    this.sheet.src = source;
  }

  showLegend() {
    const legend = this.root.querySelector(".legend");
    if (legend.children.length) return;
    this.colours.forEach((colour, label) => {
      const button = document.createElement("button");
      button.textContent = label;
      button.title = `Show the ${label}s alone`;
      button.style.setProperty("--colour", colour);
      button.onclick = () => {
        this.alone = this.alone === label ? undefined : label;
        [...legend.children].forEach((other, n) => other.setAttribute("aria-pressed", n === this.alone));
        this.draw();
      };
      legend.append(button);
    });
  }

  resize() {
    const {clientWidth, clientHeight} = this.canvas, dots = window.devicePixelRatio || 1;
    if (!clientWidth) return;
    Object.assign(this, {width: clientWidth, height: clientHeight, dots});
    this.canvas.width = clientWidth * dots;
    this.canvas.height = clientHeight * dots;
    this.draw();
  }

  // Conversions between unit coordinates (0 to 1, y upwards) and CSS pixels of the canvas.
  get side() { return (Math.min(this.width, this.height) - 2 * MARGIN) * this.view.scale; }
  toX(x) { return this.width / 2 + (x - 0.5 + this.view.x) * this.side; }
  toY(y) { return this.height / 2 - (y - 0.5 + this.view.y) * this.side; }
  fromX(x) { return (x - this.width / 2) / this.side + 0.5 - this.view.x; }
  fromY(y) { return (this.height / 2 - y) / this.side + 0.5 - this.view.y; }

  draw() {
    if (this.drawing || !this.positions || !this.labels) return;
    this.drawing = requestAnimationFrame(() => {
      this.drawing = null;
      this.paint();
    });
  }

  paint() {
    const {pen, positions, labels, width, height} = this;
    pen.setTransform(this.dots, 0, 0, this.dots, 0, 0);
    pen.clearRect(0, 0, width, height);
    const onView = [];
    for (let n = 0; n < labels.length; n++) {
      const x = this.toX(positions[2 * n]), y = this.toY(positions[2 * n + 1]);
      if (x > -SIDE && y > -SIDE && x < width + SIDE && y < height + SIDE) onView.push([n, x, y]);
    }
    const pictures = onView.length <= MOST_PICTURES && this.sheet?.complete;
    this.root.dataset.drawn = pictures ? "pictures" : "points";
    pen.imageSmoothingEnabled = false;
    const radius = Math.min(5, 1.6 + Math.log2(this.view.scale) / 2);
    for (const [n, x, y] of onView) {
      pen.globalAlpha = this.alone === undefined || this.alone === labels[n] ? (pictures ? 1 : 0.85) : 0.08;
      pen.fillStyle = this.colours[labels[n]];
      if (pictures) this.picture(n, x, y, SIDE);
      else pen.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
    }
    pen.globalAlpha = 1;
    if (this.chosen !== null) this.ring(this.chosen);
    if (this.area) this.frame(this.area);
  }

  picture(n, x, y, side) {
    this.pen.fillRect(x - side / 2 - 2, y - side / 2 - 2, side + 4, side + 4);
    const left = (n % COLUMNS) * SIDE, top = Math.floor(n / COLUMNS) * SIDE;
    this.pen.drawImage(this.sheet, left, top, SIDE, SIDE, x - side / 2, y - side / 2, side, side);
  }

  ring(n) {
    const {pen} = this;
    pen.beginPath();
    pen.arc(this.toX(this.positions[2 * n]), this.toY(this.positions[2 * n + 1]), 24, 0, 7);
    pen.lineWidth = 3;
    pen.strokeStyle = getComputedStyle(this.root).color;
    pen.stroke();
  }

  frame([left, bottom, right, top]) {
    const {pen} = this;
    const box = [this.toX(left), this.toY(top), (right - left) * this.side, (top - bottom) * this.side];
    pen.fillStyle = pen.strokeStyle = getComputedStyle(this.root).color;
    pen.lineWidth = 2;
    pen.globalAlpha = 0.08;
    pen.fillRect(...box);
    pen.globalAlpha = 1;
    pen.setLineDash([6, 4]);
    pen.strokeRect(...box);
    pen.setLineDash([]);
  }

  nearest(x, y) {
    let best = null, least = NEAR * NEAR;
    for (let n = 0; n < this.labels.length; n++) {
      if (this.alone !== undefined && this.alone !== this.labels[n]) continue;
      const across = this.toX(this.positions[2 * n]) - x, down = this.toY(this.positions[2 * n + 1]) - y;
      const far = across * across + down * down;
      if (far < least) [best, least] = [n, far];
    }
    return best;
  }

  hover(event) {
    const {x, y} = event ? this.place(event) : {};
    const n = event ? this.nearest(x, y) : null;
    this.canvas.classList.toggle("over", n !== null);
    this.tip.hidden = n === null;
    if (n === null) return;
    const side = 112;
    this.tip.style.left = `${Math.min(Math.max(x + 16, 0), this.width - side - 12)}px`;
    this.tip.style.top = `${y > this.height / 2 ? y - side - 50 : y + 16}px`;
    this.tip.querySelector("span").textContent = `${this.of} ${n}: labelled ${this.labels[n]}`;
    const glass = this.tip.querySelector("canvas").getContext("2d");
    glass.imageSmoothingEnabled = false;
    glass.clearRect(0, 0, side, side);
    if (this.sheet?.complete)
      glass.drawImage(this.sheet, (n % COLUMNS) * SIDE, Math.floor(n / COLUMNS) * SIDE, SIDE, SIDE, 0, 0, side, side);
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return {x: event.clientX - box.left, y: event.clientY - box.top};
  }

  wheel(event) {
    event.preventDefault();
    const {x, y} = this.place(event);
    this.zoom(Math.exp(-event.deltaY / 400), x, y);
    this.hover(event);
  }

  zoom(by, x = this.width / 2, y = this.height / 2) {
    const [fixedX, fixedY] = [this.fromX(x), this.fromY(y)];
    this.view.scale = Math.min(60, Math.max(0.8, this.view.scale * by));
    this.view.x += this.fromX(x) - fixedX;
    this.view.y += this.fromY(y) - fixedY;
    this.draw();
  }

  down(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.place(event));
    this.began = this.pointers.size === 1 ? this.place(event) : null;
    this.before = this.area;
    this.hover(null);
  }

  move(event) {
    const last = this.pointers.get(event.pointerId), now = this.place(event);
    if (!last) return void (event.pointerType === "mouse" && this.hover(event));
    this.pointers.set(event.pointerId, now);
    if (this.pointers.size === 2) this.pinch(event.pointerId, last, now);
    else if (this.moving || event.shiftKey) this.pan(now.x - last.x, now.y - last.y);
    else if (this.began && this.far(now)) this.area = this.between(this.began, now);
    this.draw();
  }

  up(event) {
    const now = this.place(event);
    const alone = this.pointers.size === 1 && this.began && event.type === "pointerup";
    this.pointers.delete(event.pointerId);
    if (!alone) return void (this.began = null);
    if (!this.far(now)) {
      const n = this.nearest(now.x, now.y);
      if (n !== null) this.send("opened", n);
    } else if (this.area !== this.before) this.send("area", this.area);
  }

  far({x, y}) { return Math.hypot(x - this.began.x, y - this.began.y) > 5; }

  pan(across, down) {
    this.view.x += across / this.side;
    this.view.y -= down / this.side;
  }

  pinch(moved, last, now) {
    const [other] = [...this.pointers].filter(([id]) => id !== moved).map(([, place]) => place);
    const gap = (place) => Math.max(20, Math.hypot(place.x - other.x, place.y - other.y));
    this.area = this.before;
    this.zoom(gap(now) / gap(last), (now.x + other.x) / 2, (now.y + other.y) / 2);
    this.pan((now.x - last.x) / 2, (now.y - last.y) / 2);
  }

  between(one, other) {
    const xs = [this.fromX(one.x), this.fromX(other.x)].sort((a, b) => a - b);
    const ys = [this.fromY(one.y), this.fromY(other.y)].sort((a, b) => a - b);
    return [xs[0], ys[0], xs[1], ys[1]];
  }

  closer() { this.zoom(1.6); }
  farther() { this.zoom(1 / 1.6); }
  whole() {
    this.view = {scale: 1, x: 0, y: 0};
    this.draw();
  }
  select() { this.setMoving(false); }
  drag() { this.setMoving(true); }
  setMoving(moving) {
    this.moving = moving;
    this.root.querySelector("[data-do=select]").setAttribute("aria-pressed", !moving);
    this.root.querySelector("[data-do=drag]").setAttribute("aria-pressed", moving);
  }
}
