"use strict";
// Elements from values. Text is set as text, never as markup, so no name can become an element.
const Belang = {};

Belang.element = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
};

Belang.byId = (id) => document.getElementById(id);
Belang.all = (selector, within = document) => [...within.querySelectorAll(selector)];

// A copy of the sign of a layer or of the uncovered part, as the panel shows it.
Belang.signOf = (selector) => {
  const input = document.querySelector(selector);
  const sign = input && input.closest("li").querySelector("svg");
  return sign ? sign.cloneNode(true) : null;
};

Belang.say = (text) => {
  Belang.byId("said").textContent = text;
};
