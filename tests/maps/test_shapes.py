"""Shapes and the room they take."""

from secureinfra.maps.shapes import Box, Canvas, Curve, Head, Line, Point, Text


def test_boxes_meet_where_they_have_a_part_in_common() -> None:
    assert Box(0, 0, 10, 10).meets(Box(9, 9, 20, 20))
    assert not Box(0, 0, 10, 10).meets(Box(10, 0, 20, 10))


def test_text_takes_room_on_the_side_its_anchor_says() -> None:
    start, middle, end = (Text(100, 50, "web", anchor=anchor).box for anchor in ("start", "middle", "end"))
    assert start.left == 100
    assert end.right == 100
    assert (middle.left + middle.right) / 2 == 100
    assert Text(100, 50, "web", "h1").box.right > start.right


def test_arrow_ends_at_its_tip() -> None:
    for end, way in ((Point(50, 10), "right"), (Point(0, 10), "left"), (Point(10, 50), "down"), (Point(10, 0), "up")):
        canvas = Canvas(100)
        canvas.arrow((Point(10, 10), end), "allow", "tcp 443", half=True)
        line, head = canvas.shapes
        assert isinstance(line, Line)
        assert isinstance(head, Head)
        assert (head.way, head.corners[0]) == (way, end)
        assert line.look == "ln l-allow l-half"
        assert line.points[-1] != end


def test_curve_takes_room_along_its_way() -> None:
    parts = list(Curve(Point(0, 0), Point(100, 60), "ln l-allow").segments())
    assert (parts[0].left, parts[0].top, parts[-1].right, parts[-1].bottom) == (-0.5, -0.5, 100.5, 60.5)
    assert any(part.meets(Box(49, 29, 51, 31)) for part in parts)
    assert not any(part.meets(Box(0, 30, 30, 60)) for part in parts)
