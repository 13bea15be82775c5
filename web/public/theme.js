// Runs before the first paint, so that a dark page does not flash white and an Arabic one does not jump.
// The keys are those of src/lib/theme.ts and src/lib/i18n.ts.
(function () {
  var read = function (key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  var root = document.documentElement;
  var theme = read('jackfield.theme');
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  var language = read('jackfield.language') || (navigator.language || 'en').slice(0, 2);
  if (language === 'ar' || language === 'de') root.lang = language;
  if (language === 'ar') root.dir = 'rtl';
})();
