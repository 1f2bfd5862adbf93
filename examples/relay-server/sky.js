// Runs in the page.

const WIDTH = 180;
const HEIGHT = 100;

/** Draws a flock on a canvas, in the colour of the page. */
export class Sky {
  #canvas;
  #context;
  #picture = new DataView(new ArrayBuffer(0));

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d');
    new ResizeObserver(() => this.#draw()).observe(canvas);
  }

  /** @param {ArrayBuffer} data for each bird three numbers: where it is, and in which direction it flies */
  show(data) {
    this.#picture = new DataView(data);
    requestAnimationFrame(() => this.#draw());
  }

  /** Where the pointer is, in the flock's own measures. */
  placeOf({ clientX, clientY }) {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    const inTenths = (value) => Math.round(value * 10) / 10;
    return {
      x: inTenths(((clientX - left) / width) * WIDTH),
      y: inTenths(((clientY - top) / height) * HEIGHT),
    };
  }

  #draw() {
    const canvas = this.#canvas;
    const context = this.#context;
    canvas.width = canvas.clientWidth * devicePixelRatio;
    canvas.height = canvas.clientHeight * devicePixelRatio;
    context.fillStyle = getComputedStyle(canvas).color;
    for (let at = 0; at < this.#picture.byteLength; at += 12) {
      const [x, y, direction] = [0, 4, 8].map((place) => this.#picture.getFloat32(at + place));
      context.setTransform(canvas.width / WIDTH, 0, 0, canvas.height / HEIGHT, 0, 0);
      context.translate(x, y);
      context.rotate(direction);
      drawBird(context);
    }
  }
}

function drawBird(context) {
  context.beginPath();
  context.moveTo(1.9, 0);
  context.quadraticCurveTo(0.2, -0.3, -1.3, -1.5);
  context.quadraticCurveTo(-0.4, 0, -1.3, 1.5);
  context.quadraticCurveTo(0.2, 0.3, 1.9, 0);
  context.fill();
}
