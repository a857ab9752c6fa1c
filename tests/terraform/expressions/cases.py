"""Expressions that Terraform and the library must agree on, by family; see `test_referee`."""

import re

LITERALS = r"""
1
1.0
-1
1.5
1e3
1.5e-3
1E2
0.1+0.2
100000000000000000000
true
null
"text"
""
"tab\tnewline\nquote\"slash\\"
"\u00e9\U0001F600"
"$${a}"
"%%{a}"
"$"
"$$"
"100%"
"$${"
"a${1}b"
"${1}"
"${true}x"
"${1.50}x"
"${1e21}x"
"${0.000001}x"
"${"nested ${"deep"}"}"
"${[1,2][0]}x"
"${[1]}x"
"${null}x"
"${{}}x"
"$$${1}"
"$$$${1}"
"%{if true}a%{endif}"
"%{ if false }a%{ else }b%{ endif }"
"%{for x in [1,2]}${x},%{endfor}"
"%{for k, v in {b=1,a=2}}${k}=${v};%{endfor}"
"a  ${~ "b" ~}  c"
"a %{~ if true ~} b %{~ endif ~} c"
[]
[1, "a", true, null]
[1, 2,]
{}
{a = 1, b = 2}
{a : 1, b : 2}
{"a" = 1, "b c" = 2}
{("x") = 1}
{(1) = 2}
{1 = "one"}
{true = 1}
{null = 1}
{"a${1}" = 1}
{a = 1, a = 2}
{z = 1, b = 2, a = {d = 1, c = 2}}
{(null) = 1}
{([1]) = 1}
[[1, [2]], {a = [3]}]
1 /* comment */ + 2
(1 + 2) * 3
((1))
-(1)
- 1
1e400
0.1
123456789.123456789
"""

OPERATORS = r"""
1 + 2 * 3
1 - 2 - 3
10 / 4
10 / 5
10 % 3
-10 % 3
10 % -3
10.5 % 3
1 / 0
0 / 0
1 % 0
"5" + 1
"5" * "2"
"a" + 1
true + 1
null + 1
-"5"
!true
!"true"
!"x"
!null
!1
1 == 1
1 == 1.0
1 == "1"
true == "true"
true == 1
null == null
1 == null
"a" == "a"
[1] == [1]
[1] == ["1"]
[1, 2] == [1]
{a = 1} == {a = 1}
{a = 1} == {a = 2}
{a = 1} == {b = 1}
[] == []
[] == {}
tolist([1]) == tolist([1])
toset([1, 2]) == toset([2, 1])
toset([1]) == [1]
1 != 2
"a" != "b"
1 < 2
2 <= 2
3 > 4
"3" > "20"
"a" < "b"
null < 1
true < false
1 < 2 == true
1 + 1 == 2 && true
true || false && false
false && true
false || true
"true" && true
1 && true
null && true
true && null
false && null
true || null
false && tobool("x")
true || tobool("x")
true ? 1 : 2
false ? 1 : 2
"true" ? 1 : 2
1 ? 1 : 2
null ? 1 : 2
true ? 1 : "a"
true ? true : "a"
true ? 1 : false
true ? null : 1
false ? null : 1
true ? [1] : []
true ? [] : [1]
true ? [1, "a"] : []
true ? [1, "a"] : [2, "b"]
true ? [1] : ["a"]
true ? [1, 2] : ["a"]
true ? {a = 1} : {}
true ? {} : {a = 1}
true ? {a = 1, b = "x"} : {}
true ? {a = 1, b = []} : {}
true ? {a = 1} : {a = "x"}
true ? {a = 1} : {b = "x"}
true ? [1] : "a"
true ? [1] : {}
true ? [1] : null
true ? toset([1]) : [2]
true ? tolist([1]) : []
true ? tomap({a = 1}) : {}
true ? 1 : tobool("x")
true ? false ? 1 : 2 : 3
true ? {a = {b = 1}} : {a = {c = "x"}}
true ? [[1]] : [["a", "b"]]
true ? [{a = 1}] : []
true ? {a=1} : {a="x", b=true}
true ? {a=1} : {b=[1]}
true ? [] : [[1], {}]
true ? {a=null} : {a=1}
true ? [{a=1}] : [{b="x"}]
true ? {a=[]} : {a=["x"]}
true ? toset(["a"]) : []
true ? toset(["a"]) : toset([1])
false ? tomap({a="x"}) : {b=1}
1 == 1 ? "yes" : "no"
-1 + 2
- 1 - - 1
!false && true
2 * -3
1.5 + 1.5
1.1 * 3
7 / 7.0
"""

STEPS = r"""
[1, 2, 3][1]
[1, 2, 3][3]
[1, 2, 3][-1]
[1, 2, 3]["1"]
[1, 2, 3][1.5]
[1, 2, 3].1
[1, 2, 3].a
{a = 1}.a
{a = 1}["a"]
{a = 1}.b
{a = 1}["b"]
{"a b" = 1}["a b"]
{1 = 2}[1]
{a = {b = [1, {c = 2}]}}.a.b[1].c
{a = 1}[null]
null.a
null[0]
"abc"[0]
"abc".a
toset([1])[0]
[1, 2][*]
[{a = 1}, {a = 2}][*].a
[{a = 1}, {a = 2}].*.a
[{a = [1, 2]}, {a = [3]}][*].a[0]
[{a = [1, 2]}, {a = [3]}].*.a[0]
[{a = [{b = 1}]}, {a = [{b = 2}, {b = 3}]}][*].a[*].b
null[*]
null[*].a
{a = 1}[*].a
{a = 1}.*.a
"x"[*]
[][*].a
[{a = 1}][*].b
[[1, 2], [3, 4]].*.0
toset(["b", "a"])[*]
toset([{a = 1}])[*].a
[1, null][*]
"${[1, 2]}"[0]
"${{a = 1}}".a
(true ? {a = 1} : {a = 2}).a
[for x in [1, 2] : {a = x}][1].a
{a = 1}[ "a" ]
[1, 2] [0]
element([{a = 1}], 0).a
"""

LOOPS = r"""
[for x in [1, 2, 3] : x * 2]
[for x in [1, 2, 3] : x if x > 1]
[for i, x in ["a", "b"] : "${i}-${x}"]
[for k, v in {b = 1, a = 2} : "${k}=${v}"]
[for v in {b = 1, a = 2} : v]
[for x in toset(["b", "a", "b"]) : x]
[for k, v in toset(["b", "a"]) : "${k}${v}"]
[for x in [] : x]
[for x in null : x]
[for x in "abc" : x]
[for x in 1 : x]
{for x in ["a", "b"] : x => upper(x)}
{for k, v in {a = 1, b = 2} : v => k}
{for k, v in {a = 1, b = 2} : k => v if v > 1}
{for x in ["a", "a"] : x => 1}
{for x in ["a", "b", "a"] : x => 1...}
{for i, x in ["a", "b", "a"] : x => i...}
{for x in [null] : x => 1}
{for x in [[1]] : x => 1}
{for x in [1, true] : x => x}
[for x in [1, 2] : [for y in [3, 4] : x * y]]
[for x in [1, 2] : x if "true"]
[for x in [1, 2] : x if null]
[for x in [1, 2] : x if 1]
{for k, v in {a = {x = 1}, b = {x = 2}} : k => v.x}
[for x in [{a = 1}, {a = 2}] : x.a]
[for x in [{a = 1}, {}] : x.a]
{ for k, v in { a = 1 } : "${k}-x" => { value = v } }
[for k, v in [10, 20] : k + v]
flatten([for a in ["x", "y"] : [for b in [1, 2] : { a = a, b = b }]])
[for s in ["a", "b"] : s if s != "a" || false]
"""

STRINGS = r"""
upper("aé")
lower("AÉ")
title("hello world-wide foo_bar it's")
trimspace("  a b \n")
chomp("a\n\n")
chomp("a\r\n")
trim("xxaxx", "x")
trim("?!hello?!", "!?")
trim("a", "")
trimprefix("helloworld", "hello")
trimsuffix("helloworld", "world")
startswith("abc", "ab")
endswith("abc", "ab")
strcontains("abc", "b")
strrev("abc")
strrev("e\u0301a")
substr("hello", 1, 3)
substr("hello", -3, 2)
substr("hello", 0, -1)
substr("hello", 10, 2)
substr("hello", -10, 2)
substr("hello", 2, 100)
substr("hello", 1, 0)
split(",", "a,b,,c")
split("", "abc")
split(",", "")
join("-", ["a", "b"])
join("-", ["a"], ["b", "c"])
join("-", [1, true])
join("-", [])
join("-", [null])
join("-", toset(["b", "a"]))
join("-", "a")
join("-", [["a"]])
indent(2, "a\nb\nc")
replace("a.b.c", ".", "-")
replace("a.b.c", "/[.]/", "-")
replace("hello world", "/(\\w+) (\\w+)/", "$2 $1")
replace("ab12", "/(?P<l>[a-z]+)(?P<d>\\d+)/", "$${d}-$${l}")
replace("abc", "/x*/", "-")
replace("abc", "", "-")
replace("a$b", "/b/", "$$1")
replace("abc", "/b/", "$1x")
replace("abc", "/(b)/", "$1x")
replace("abc", "/(b)/", "<$${1}x>")
format("%s", "a")
format("%s %s", "a", 1)
format("%s", true)
format("%s", [1])
format("%v", [1, "a"])
format("%v", {b = 1, a = 2})
format("%v", 1.5)
format("%v", true)
format("%v", 1e21)
format("%v", 1e20)
format("%v", 0.00001)
format("%#v", "a")
format("%#v", 1)
format("%d", 5)
format("%d", "5")
format("%d", 5.7)
format("%d", "a")
format("%05d", 42)
format("%5d|%-5d|", 42, 42)
format("%+d", 5)
format("% d", 5)
format("%05d", -42)
format("%x %X %o %b", 255, 255, 8, 5)
format("%f", 1)
format("%.2f", 1.005)
format("%8.3f|", 3.14159)
format("%e", 12345.678)
format("%g", 12345.678)
format("%g", 100000)
format("%g", 1000000000)
format("%g", 1e21)
format("%q", "a\"b<c>")
format("%t", true)
format("%t", "false")
format("%5s|%-5s|", "a", "b")
format("%05s", "a")
format("%.2s", "abc")
format("%%")
format("%[2]s %[1]s", "a", "b")
format("%[1]s-%[1]s", "a")
format("%[1]s %s", "a", "b")
format("%s")
format("%s", "a", "b")
format("x", "a")
format("%z", "a")
format("%", "a")
format("héllo %s", "é")
formatlist("%s-%s", ["a", "b"], "x")
formatlist("%s-%s", ["a", "b"], ["x", "y"])
formatlist("%s-%s", ["a", "b"], ["x"])
formatlist("x")
formatlist("%s", [])
formatlist("%s", "a")
formatlist("%d!", toset([2, 1]))
regex("[a-z]+", "12abc34")
regex("(\\w+)-(\\d+)", "ab-12")
regex("(?P<name>\\w+)-(?P<num>\\d+)", "ab-12")
regex("x", "abc")
regex("(a)|(b)", "b")
regex("(?P<x>a)|(?P<y>b)", "b")
regex("^a$", "a\n")
regex("(?i)ABC", "abc")
regex("[[:alpha:]]+", "12ab")
regex("a(?=b)", "ab")
regex("(", "ab")
regex("\\d+", "٣")
regex("^(?:[0-9]{1,3}\\.){3}[0-9]{1,3}$", "10.0.0.1")
regex("^[a-z0-9]+(-[a-z0-9]+)*$", "my-name-1")
regexall("[a-z]", "a1b2")
regexall("([a-z])(\\d)", "a1b2")
regexall("x", "abc")
regexall("", "ab")
can(regex("^[a-z]+$", "abc"))
can(regex("^[a-z]+$", "ABC"))
format("%v", 1234567)
format("%v", 123456)
format("%v", 12345678901)
format("%s", 12345678901)
format("%g", 1234567)
format("%v", 1234567.5)
format("%g", 0.0001)
format("%g", 0.00001)
format("%G", 0.00001)
format("%.3g", 1234.5)
format("%.0f", 2.5)
format("%.3g", 0.00012345)
format("%e", 0)
format("%x", 5.5)
format("%x", "abc")
format("%x", "255")
format("%5t|", true)
format("%5v|", true)
format("%-5v|", "a")
format("%05v|", 7)
format("%#v", [1,"a"])
format("%#v", 1234567)
format("%v", [1234567])
format("%v", toset(["b","a"]))
format("%T", 1)
format("%3.1s|", "abc")
format("%*d", 1, 2)
format("%[3]s", "a")
format("%[0]s", "a")
format("%d", 1e30)
format("%.2d", 5)
format("%+v", 1)
format("%s", 1e21)
format("%3s|", "ü")
formatlist("%v", [null])
formatlist("%s-%d", "a", [1,2])
formatlist("%s", [["a"]])
formatlist("%v", [["a"]])
format("%[1]d %[1]v %[1]s", 5)
format("%6.2f|%-8.3f|%+.1f", 1.005, 2.5, 3.14)
title("ǆx ßa")
lower("İ")
upper("ß")
upper(1)
upper([])
trimspace("\u00a0a\u2003")
substr("abc", "1", 1)
substr("abc", 1.5, 1)
split(1, "a1b")
join(",", 1)
indent(-1,"a\nb")
templatestring(local.template, {a = 1, b = "x"})
templatestring(local.template, {a = 1})
"${[for x in local.names : upper(x)][0]}!"
regex("\\Z", "ab")
regex("\\pL+", "éa1")
regex("\\Qa.b\\E", "a.b")
regex("\\x41\\x{42}", "AB")
regex("(?U)a+", "aaa")
regex("[[:^alpha:]]+", "ab12")
regex("(|a)*", "aa")
regex("(a|ab)(c|bcd)", "abcd")
regex("\\é", "é")
regex("a{,2}", "a{,2}")
regex("a{2", "a{2")
regex("a{1001}", "a")
regex("(?#c)a", "a")
regex("(?<n>a)", "a")
regex("[\\d-z]+", "1-z")
regex("[a-\\d]", "-")
regex("(?i)é", "É")
regex("[^a]", "\n")
regex("", "")
regex("(a*)*", "aaa")
regex("(a*)+", "aaa")
regex("(a|b)*?c", "abc")
regex("(?:a{2}){2}", "aaaaa")
regex("a{2}{3}", "aaaaaa")
regex("a**", "aaa")
regex("^*", "a")
regex("(?i)[a-c]+", "ABC")
regex("(?-s).", "\n")
regex("(?s-i:.)A", "\nA")
regex("\\101", "A")
regex("(a)\\1", "aa")
regex("a|", "b")
regex("(a)|b", "b")
regex(")", "")
regex("[", "")
regex("[]a]+", "a]b")
regex("[^]]+", "a]b")
regex("(?P<a>x)(?P<a>y)", "xy")
regex("(?P<a>x)(y)", "xy")
regex("x{2,1}", "xx")
regex("*a", "a")
regex("|*", "a")
regex("a{0}", "a")
regex("(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")
regexall("a*", "baac")
regexall("", "héy")
regexall("\\b", "ab cd")
regexall("(a)(b)?", "a ab")
replace("aaa", "/a*/", "-")
replace("baac", "/a*/", "-")
replace("abc", "/$/", "!")
replace("hello", "/l+/", "$0$0")
replace("hello", "/(?P<x>l+)/", "$x")
replace("hello", "/(l)(l)/", "$2$1$3")
replace("hello", "/l/", "$$$$")
replace("a/b/c", "//", "-")
replace("aaa", "a", "$0")
regex("^(?P<scheme>[^:/?#]+):(?://(?P<auth>[^/?#]*))?", "https://x.org/a")
regex("(?m)a$", "a\nb")
regex("(?m)$", "a\n")
regex("[\\]\\-\\\\]+", "]-\\")
regex("[.-/]+", "./-")
regex("[--a]+", "-a")
regex("arn:aws:iam::(\\d{12}):role/(.+)", "arn:aws:iam::123456789012:role/x/y")
length("héllo")
length("e\u0301")
length("👨‍👩‍👧🇩🇪")
"""

COLLECTIONS = r"""
try(1 / 0, "x")
merge({a={b=1}},{a={c=2}})
toset([[1],["a"]])
toset([1.5, 1, 10, 2])
toset([false,true,null])
contains([null], null)
coalesce("", 5)
coalesce({}, {a=1})
coalesce([1], 1)
element(["a"], 1.5)
element(["a"], "0")
range("3")
zipmap(["a","a"],[1,2])
setproduct(toset([]),toset(["a"]))
setunion([], ["a"])
setunion()
setunion([1,2],[true])
transpose({a=[1,2]})
transpose({a=["x",null]})
chunklist(["a","b"],1.5)
sum([1,null])
alltrue([1])
flatten(["a",["b",{c=["d"]}]])
one([null])
keys(null)
values([])
matchkeys(["a"],["b","c"],["b"])
compact([1,"",true])
distinct([null,null,1])
distinct([1,"1",true])
lookup({}, "a", 1)
lookup([1],"0","x")
parseint("1_0",10)
parseint("+5",10)
log(1000,10)
try(null, 1)
try(tobool("x"), tobool("y"))
can(tobool("x"))
setproduct([1, "a"], [true, "b"])
setproduct([1, true], ["b"])
setproduct([{a = 1, d = false}, [1]], ["é"])
coalesce(null, "a", ["a-b", false, "5"])
tolist([null, true, 1])
tolist([null, "a", [1]])
toset([null, 1, "a"])
coalescelist([1], {})
matchkeys([1,"a"],["x",1],["1"])
matchkeys([1,2],["1","2"],[1])
setsubtract([1,"a"],["1"])
distinct([{a=1},{b="x"}])
lookup({a="1"},"b",2)
chunklist([1,"a"],1)
chunklist([1,true],1)
coalesce({a=1}, {b="x"})
coalesce([1], ["a","b"])
length([1, 2])
length({a = 1})
length(toset([1, 1]))
length(null)
length(1)
concat([1], ["a"], [])
concat(toset([2, 1]), [3])
concat([1], null)
concat([1], 2)
concat()
flatten([[1, [2, [3]]], 4, []])
flatten([toset(["b", "a"]), ["c"]])
flatten({})
flatten([null, [null]])
distinct([1, 2, 1, "1"])
distinct(["b", "a", "b"])
distinct([[1], [1], [2]])
distinct([true, 1])
compact(["a", "", null, "b"])
compact([1, 2])
reverse([1, 2, 3])
reverse(toset(["a", "b"]))
reverse("abc")
sort(["b", "a", "C"])
sort([10, 9, "a"])
sort([null])
chunklist([1, 2, 3], 2)
chunklist([1, 2, 3], 0)
chunklist([], 2)
chunklist([1], -1)
element([1, 2, 3], 4)
element([1, 2, 3], -1)
element([], 0)
element(toset([1]), 0)
slice([1, 2, 3], 1, 2)
slice([1, 2, 3], 1, 5)
slice([1, 2, 3], 2, 1)
slice(toset([1]), 0, 1)
contains([1, 2], 2)
contains(["a"], "b")
contains([1], "1")
contains(["1"], 1)
contains(toset(["1"]), 1)
contains([[1]], [1])
contains({a = 1}, 1)
index(["a", "b"], "b")
index(["a"], "c")
index([1], "1")
keys({b = 1, a = 2})
keys({})
keys([])
values({b = 1, a = 2})
values({b = 1, a = "x"})
lookup({a = 1}, "a")
lookup({a = 1}, "b", 2)
lookup({a = 1}, "b")
lookup({a = 1}, "a", "x")
lookup({a = null}, "a", "x")
lookup({a = 1, b = "x"}, "c", null)

merge({a = 1}, {b = 2})
merge({a = 1}, {a = 2})
merge({a = 1}, null)
merge(null)
merge()
merge({a = 1}, [1])
merge([{a = 1}, {b = 2}]...)
zipmap(["a", "b"], [1, 2])
zipmap(["a"], [1, 2])
zipmap([1], ["x"])
transpose({a = ["x", "y"], b = ["y"]})
coalesce("", "a")
coalesce(null, 1)
coalesce(1, "a")
coalesce(null, null)
coalesce("", "")
coalesce([], [1])
coalesce(true, 1)
coalescelist([], ["a"])
coalescelist([], [])
coalescelist(["a"], [1])
coalescelist(null, [1])
one([1])
one([])
one([1, 2])
one(toset(["a"]))
one(null)
matchkeys(["a", "b", "c"], ["x", "y", "x"], ["x"])
alltrue([true, "true"])
alltrue([])
alltrue([true, false])
alltrue([null])
alltrue(["x"])
anytrue([false, true])
anytrue([])
anytrue([null])
setunion(["a"], ["b", "a"])
setunion([1], ["a"])
setintersection(["a", "b"], ["b", "c"])
setsubtract(["a", "b"], ["b"])
setproduct(["a", "b"], [1, 2])
setproduct(toset(["b", "a"]), toset(["y", "x"]))
setproduct(["a"], toset([2, 1]))
setproduct(["a"])
setproduct([], ["a"])
sum([1, 2.5])
sum(["1", 2])
sum([])
sum(["a"])
range(3)
range(1, 4)
range(1, 8, 3)
range(4, 1)
range(4, 1, -2)
range(1, 4, -1)
range(0)
range(0, 1, 0.25)
range(2000)
range(0, 1, 0)
range(-2)
tolist(["a", 1])
tolist([1, true])
tolist([true, "a"])
tolist([null, 1])
tolist([{a = 1}, {a = "x"}])
tolist([{a = 1}, {b = "x"}])
tolist([[1], ["a", "b"]])
tolist([[1], {}])
tolist([1, [1]])
tolist({})
tolist("a")
tolist(toset(["b", "a"]))
toset(["b", "a", "b"])
toset([10, 9, 1])
toset([1, "a"])
toset([true, false])
toset([{a = 2}, {a = 1}])
toset([[2], [1, 3]])
toset([null, "a"])
toset("a")
toset([])
tomap({a = 1, b = "x"})
tomap({a = 1, b = true})
tomap([])
tomap({})
tomap({a = [1], b = ["x"]})
tostring(1)
tostring(1.50)
tostring(true)
tostring(null)
tostring([])
tonumber("1.5")
tonumber("1e3")
tonumber("x")
tonumber(" 1")
tonumber("+1")
tonumber("-1")
tonumber("0x1f")
tonumber("1_000")
tonumber(".5")
tonumber("5.")
tonumber("")
tonumber(true)
tonumber(null)
tobool("true")
tobool("1")
tobool("TRUE")
tobool(1)
tobool(null)
try(1, 2)
try([1][5], "x")
try({a = 1}.b, {a = 1}.c, 3)
try(tonumber("x"), null)
try()
can([1][0])
can([1][5])
"""

ENCODINGS = r"""
jsonencode({b = [1, 1.5, true, null], a = "<x>&'\"\\\n\t"})
jsonencode("\u2028é")
jsonencode("\u0001\u007f")
jsonencode("$${x}")
jsonencode(toset(["b", "a"]))
jsonencode(1e30)
jsonencode(0.1)
jsonencode({})
jsondecode("{\"b\": 1, \"a\": [1.0, 1.5, null, true, \"x\"]}")
jsondecode("1e3")
jsondecode("x")
jsondecode("")
jsondecode("{\"a\":1}").a
jsondecode("[1,]")
jsondecode("NaN")
jsondecode(" 1 ")
base64encode("héllo")
base64decode("aMOpbGxv")
base64decode("!!!")
base64decode("/w==")
base64decode("YQ")
urlencode("a b&c=d/é~*()!'-._")
md5("hello")
sha1("hello")
sha256("hello")
sha512("hello")
base64sha256("hello")
base64sha512("hello")
textencodebase64("hé", "UTF-16LE")
textdecodebase64("aADpAA==", "UTF-16LE")
uuidv5("dns", "www.terraform.io")
uuidv5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "x")
uuidv5("nope", "x")
csvdecode("a,b\n1,2\n3,4\n")
csvdecode("a,a\n1,2")
csvdecode("a,b\n1")
csvdecode("a,b\n\"x,y\",2")
yamldecode("{\"a\": 1}")
"""

NUMBERS = r"""
abs(-1.5)
ceil(1.2)
ceil(-1.2)
floor(1.8)
floor("1.8")
floor(-1.2)
signum(-3)
signum(0)
log(16, 2)
log(100, 10)
log(0, 10)
pow(2, 10)
pow(2, -1)
pow(2, 0.5)
pow(0, 0)
max(1, 2.5, "3")
max()
max([1, 2]...)
min(1, 2)
min(null)
parseint("ff", 16)
parseint("-11", 2)
parseint("zz", 36)
parseint("Zz", 62)
parseint("8", 8)
parseint("", 10)
parseint(10, 16)
cidrhost("10.0.0.0/16", 5)
cidrhost("10.0.0.0/16", -1)
cidrhost("10.0.0.0/30", 4)
cidrhost("10.1.2.3/16", 5)
cidrhost("fd00::/64", 34)
cidrhost("10.0.0.0", 1)
cidrnetmask("10.0.0.0/12")
cidrnetmask("fd00::/64")
cidrsubnet("10.0.0.0/16", 8, 2)
cidrsubnet("10.0.0.0/16", 8, 256)
cidrsubnet("10.0.0.0/16", 17, 0)
cidrsubnet("10.0.0.0/16", 0, 0)


cidrsubnet("10.1.2.3/16", 8, 2)
cidrsubnet("fd00:fd12:3456:7890::/56", 16, 162)
cidrsubnet("010.0.0.0/16", 8, 2)
cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)
cidrsubnets("10.1.0.0/16", 1, 1, 1)
cidrsubnets("10.1.0.0/16")
cidrsubnets("fd00::/48", 16, 16)
timeadd("2017-11-22T00:00:00Z", "10m")
timeadd("2017-11-22T00:00:00Z", "-1h30m")
timeadd("2017-11-22T00:00:00+02:00", "24h")
timeadd("2017-11-22", "1h")
timeadd("2017-11-22T00:00:00Z", "1d")
timecmp("2017-11-22T00:00:00Z", "2017-11-22T01:00:00+01:00")
timecmp("2017-11-22T00:00:00Z", "2017-11-22T00:00:01Z")
formatdate("DD MMM YYYY hh:mm ZZZ", "2018-01-02T23:12:01Z")
formatdate("EEEE, DD-MMM-YY hh:mm:ss ZZZ", "2018-01-02T23:12:01Z")
formatdate("EEE H'h'mmaa 'o''clock' M/D ZZZZ ZZZZZ Z", "2018-01-02T03:12:01-08:00")
formatdate("QQ", "2018-01-02T23:12:01Z")
basename("/a/b.txt")
basename("")
basename("/")
basename("a/")
dirname("/a/b.txt")
dirname("a")
dirname("/a")
dirname("a/b/")
dirname("")
"""

TEMPLATES = [
    "plain",
    "$${a}",
    "$$${a}",
    "%%{a}",
    "a\\nb",
    '"quoted"',
    "${1}",
    "${ 1 }",
    "${1}${2}",
    "a${1}",
    "${true}",
    "${true} ",
    "${[1, 2]}",
    "${{a = 1}}",
    "${{\n  a = 1\n  b = 2\n}}",
    "${[\n1,\n2,\n]}",
    "${1 +\n2}",
    "${true\n? 1\n: 2}",
    "${1 # comment\n+ 2 // another\n+ /* third */ 3}",
    "%{if true}yes%{endif}",
    "%{if false}yes%{else}no%{endif}",
    "%{if true}%{if false}a%{else}b%{endif}%{endif}",
    "%{for x in [1, 2]}${x}%{endfor}",
    "%{ for x in [1, 2] ~}\n  line ${x}\n%{ endfor ~}\nend",
    "a\n  %{~ if true ~}\n  b\n  %{~ endif ~}\n  c",
    "a   ${~ 1 ~}   b\n   c",
    "a \n\n ${~ 1 ~} \n\n b",
    "${~ 1 ~}",
    "$",
    "%",
    "$$",
    "{}",
    "$a",
    "a$",
    "$$$$",
    '${"a"}',
    '${"$${x}"}',
    '${"a\\"b"}',
    "${<<EOT\nhello\n  world\nEOT\n}",
    "${<<-EOT\n    hello\n      world ${1}\n\n    end\n  EOT\n}",
    "${<<-EOT\n    ${1} a\n  b\n    EOT\n}",
    "${[<<EOT\na\nEOT\n, 2]}",
    '${<<EOT\nback\\n $${x} "q"\nEOT\n}',
    "${upper(<<EOT\nabc\nEOT\n)}",
    "${<<-EOT\n  %{ for x in [1, 2] ~}\n  item ${x}\n  %{ endfor ~}\n  EOT\n}",
    '${{\n  "a" : 1,\n  b = [\n    1,\n    2\n  ]\n  c = (\n    3\n  )\n}}',
    "${{for k, v in {a = 1}\n: k => v\n}}",
    "${max(\n  1,\n  2,\n)}",
    '${core::upper("a")}',
    '${"${"${1}"}"}',
    'x${"a${"b"}c"}y',
    'é${"é"}',
    "${local.one_line-with-dash}",
]

# `U` stands for a value that is not known before an apply.
PARTLY_KNOWN = r"""
length([U])
length(toset([U]))
length(toset([U, "a"]))
keys({a=U})
true ? 1 : U
false ? U : 2
true ? "1" : U
U == "x" ? 1 : 1
U == "x" ? 1 : 2
U == null
contains(["a", U], "a")
contains(["a", U], "b")
lookup({a=U}, "b", 1)
lookup({a=1}, "a", U)
merge({a=1}, {b=U}).a
element([1, U], 0)
coalesce("x", U)
coalescelist(["x"], [U])
try([1][3], U)
can(U)
can(tonumber(U))
concat([1], [U])[0]
flatten([[1], [U]])[0]
length(flatten([[1], [U]]))
distinct(["a", U])[0]
length(compact(["a", U]))
reverse([1, U])[1]
slice([1, U], 0, 1)
chunklist([1, U], 1)[0]
[1, U] == [2, U]
[1, U] == [1]
{a = U} == {b = 1}
[U] == [U]
U == U
[for x in [1, U] : x][0]
length([for x in [1, U] : x])
{for i, x in [U] : i => 1}
length({(U) = 1})
alltrue([false, U == "x"])
anytrue([true, U == "x"])
length(one([U]) == null ? [] : [1])
length(zipmap(["a"], [U]))
index(["a", U], "a")
index([U, "a"], "a")
startswith("abc${U}", "ab")
strcontains("abc${U}", "ab")
length(formatlist("x%s", [U]))
setproduct(["a"], [U])[0][0]
length(setproduct(["a"], [U]))
tolist([1, U])[0]
length(tolist([1, U]))
tomap({a = 1, b = U}).a
length(tomap({a = 1, b = U}))
length(terraform_data.u[*])
"%{if U == "x"}a%{else}a%{endif}"
timestamp() == ""
length(U == "x" ? [1] : [2])
(U == "x" ? {a = 1} : {a = 1}).a
length([U, null])
length({a = U})
values({a = 1, b = U})[0]
one([1])
[1, U][0]
{a = 1, b = U}.a
[{a = 1}, {a = U}][*].a
length([{a = 1}, {a = U}][*].a)
length("${U}x")
lookup({a = {b = 1}}, "a", U).b
try({a = U}.b, 2)
merge({a = U}, {a = 1})
length(merge({a = U}, {b = U}))
"""

FAMILIES = {
    "literals": LITERALS,
    "operators": OPERATORS,
    "steps": STEPS,
    "loops": LOOPS,
    "strings": STRINGS,
    "collections": COLLECTIONS,
    "encodings": ENCODINGS,
    "numbers": NUMBERS,
}


def expressions(family: str) -> list[str]:
    """The expressions of a family, one a line."""
    return FAMILIES[family].strip().splitlines()


def partly_known(unknown: str) -> list[str]:
    """Expressions that hold an unknown value, which is written as given."""
    return [re.sub(r"\bU\b", unknown, line) for line in PARTLY_KNOWN.strip().splitlines()]
