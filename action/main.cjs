"use strict";
// The step itself: finds the binary, tells post where it is, and is the binary from then on.

const { main } = require("./launcher.cjs");

main(process.env).then((code) => {
  process.exitCode = code;
});
