// Draws diagrams in Mermaid's language, with the copy of Mermaid beside this file, which only pages with a diagram load.
(function () {
  var own = document.currentScript.src;
  var drawn = 0;

  function dark() {
    return document.body.getAttribute("data-md-color-scheme") === "slate";
  }

  function prepare(pre) {
    var source = pre.textContent;
    var picture = document.createElement("div");
    picture.className = "diagram-picture";
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", "Diagram; its text follows");
    pre.before(picture);
    var details = document.createElement("details");
    details.className = "diagram-text";
    var summary = document.createElement("summary");
    summary.textContent = "Text of the diagram";
    pre.before(details);
    details.append(summary, pre);
    return { source: source, picture: picture, details: details };
  }

  function draw(diagrams) {
    window.mermaid.initialize({
      startOnLoad: false,
      securityLevel: "strict",
      theme: dark() ? "dark" : "default",
      fontFamily: getComputedStyle(document.body).fontFamily,
    });
    // One after the other: Mermaid measures each in the page.
    return diagrams.reduce(function (before, one) {
      return before.then(function () {
        return window.mermaid.render("diagram-" + (drawn += 1), one.source).then(
          function (made) { one.picture.innerHTML = made.svg; },
          // The text stays what it was.
          function () { one.picture.remove(); one.details.open = true; }
        );
      });
    }, Promise.resolve());
  }

  function start() {
    var found = Array.from(document.querySelectorAll("pre.diagram"));
    if (!found.length) return;
    var script = document.createElement("script");
    script.src = new URL("mermaid.min.js", own).href;
    script.onload = function () {
      var diagrams = found.map(prepare);
      var work = draw(diagrams);
      new MutationObserver(function () {
        work = work.then(function () { return draw(diagrams); });
      }).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
    };
    document.head.append(script);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
