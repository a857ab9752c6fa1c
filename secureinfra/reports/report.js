(function () {
  "use strict";
  var form = document.getElementById("filter");
  if (!form) return;
  form.hidden = false;
  var search = document.getElementById("search");
  var framework = document.getElementById("framework");
  var count = document.getElementById("count");
  var items = Array.prototype.slice.call(document.querySelectorAll(".finding"));
  var texts = items.map(function (item) { return item.textContent.toLowerCase(); });
  var only = "";

  function chosen(name) {
    return Array.prototype.slice.call(form.querySelectorAll("input[name=" + name + "]:checked")).map(function (box) { return box.value; });
  }

  function apply() {
    var words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    var severities = chosen("severity");
    var states = chosen("state");
    var shown = 0;
    items.forEach(function (item, at) {
      var data = item.dataset;
      var there = words.every(function (word) { return texts[at].indexOf(word) >= 0; })
        && severities.indexOf(data.severity) >= 0
        && states.indexOf(data.state) >= 0
        && (!framework.value || (" " + data.frameworks + " ").indexOf(" " + framework.value + " ") >= 0)
        && (!only || (" " + data.requirements + " ").indexOf(" " + only + " ") >= 0);
      item.hidden = !there;
      if (there) shown += 1;
    });
    count.textContent = shown + " of " + items.length + " entries are shown" + (only ? ", for requirement " + only.replace(/\+/g, " ").replace(":", " ") : "") + ".";
  }

  form.addEventListener("input", apply);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  document.getElementById("clear").addEventListener("click", function () {
    only = "";
    form.reset();
    apply();
    search.focus();
  });
  Array.prototype.slice.call(document.querySelectorAll("button.requirement")).forEach(function (button) {
    button.addEventListener("click", function () {
      form.reset();
      only = button.dataset.requirement;
      apply();
      document.getElementById("findings").scrollIntoView();
      count.focus();
    });
  });
  document.addEventListener("keydown", function (event) {
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !typing) { event.preventDefault(); search.focus(); }
    if (event.key === "Escape" && typing) { only = ""; form.reset(); apply(); document.activeElement.blur(); }
  });
  function unfold() {
    var item = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (item && item.tagName === "DETAILS") { item.hidden = false; item.open = true; item.scrollIntoView(); }
  }
  window.addEventListener("hashchange", unfold);
  window.addEventListener("beforeprint", function () {
    Array.prototype.slice.call(document.querySelectorAll("details")).forEach(function (item) { item.open = true; });
  });
  apply();
  unfold();
})();
