"""The ledger's tree: known roots and proofs, and every change found."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.errors import LedgerError
from lantai.formats.ledger import canonical, merkle

# The eight leaves, roots and proofs that the certificate-transparency implementations all test against.
LEAVES = [
    merkle.leaf_hash(bytes.fromhex(leaf))
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATH_OF_FIRST = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
GROWTH_FROM_SIX = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]

trees = st.integers(1, 80).map(lambda size: [merkle.leaf_hash(str(place).encode()) for place in range(size)])


def in_hex(hashes):
    return [found.hex() for found in hashes]


def flipped(digest):
    return bytes([digest[0] ^ 1]) + digest[1:]


def test_known_leaves_give_the_known_roots():
    roots = [merkle.root_of(LEAVES[:size]).hex() for size in range(9)]

    assert roots == ROOTS


def test_known_leaves_give_the_known_proofs():
    assert in_hex(merkle.inclusion_proof(LEAVES, 0)) == PATH_OF_FIRST
    assert in_hex(merkle.consistency_proof(LEAVES, 1)) == PATH_OF_FIRST
    assert in_hex(merkle.consistency_proof(LEAVES, 6)) == GROWTH_FROM_SIX
    assert in_hex(merkle.inclusion_proof(LEAVES[:3], 2)) == [ROOTS[2]]


def test_frontier_gives_the_root_at_every_size():
    frontier = merkle.Frontier()

    roots = [frontier.root.hex()]
    for leaf in LEAVES:
        frontier.append(leaf)
        roots.append(frontier.root.hex())

    assert roots == ROOTS
    assert frontier.size == 8


@given(leaves=trees, cut=st.integers(0, 80))
def test_frontier_written_down_and_read_again_goes_on_as_before(leaves, cut):
    frontier = merkle.Frontier()
    for leaf in leaves[:cut]:
        frontier.append(leaf)

    again = merkle.Frontier.from_mapping(canonical.loads(canonical.dumps(frontier.to_mapping())))
    for leaf in leaves[cut:]:
        again.append(leaf)

    assert (again.size, again.root) == (len(leaves), merkle.root_of(leaves))


@given(leaves=trees, cut=st.integers(0, 79), place=st.integers(0, 10**6))
def test_proof_of_a_later_leaf_needs_only_the_edge_of_the_tree_before_it(leaves, cut, place):
    cut = min(cut, len(leaves) - 1)
    index = cut + place % (len(leaves) - cut)
    before = merkle.Frontier()
    for leaf in leaves[:cut]:
        before.append(leaf)

    assert merkle.inclusion_proof(leaves[cut:], index, before) == merkle.inclusion_proof(leaves, index)


def test_proof_of_a_leaf_before_the_given_ones_is_refused():
    before = merkle.Frontier(1, LEAVES[:1])

    with pytest.raises(LedgerError, match="leaf 0 is asked for, found leaves 1 to 8"):
        merkle.inclusion_proof(LEAVES[1:], 0, before)


@pytest.mark.parametrize(
    "mapping",
    [
        {},
        {"size": 1, "hashes": []},
        {"size": 2, "hashes": ["00" * 32, "00" * 32]},
        {"size": 1, "hashes": ["00" * 31]},
        {"size": 1, "hashes": ["zz" * 32]},
        {"size": 1, "hashes": [7]},
        {"size": True, "hashes": ["00" * 32]},
        {"size": -1, "hashes": ["00" * 32]},
        {"size": "1", "hashes": ["00" * 32]},
        {"size": 0, "hashes": [], "more": 1},
    ],
)
def test_frontier_that_cannot_be_meant_is_refused(mapping):
    with pytest.raises(LedgerError):
        merkle.Frontier.from_mapping(mapping)


def test_leaf_that_is_no_hash_is_refused_and_the_tree_stays():
    frontier = merkle.Frontier()
    frontier.append(LEAVES[0])

    with pytest.raises(LedgerError, match="5 bytes"):
        frontier.append(b"event")

    assert (frontier.size, frontier.root.hex()) == (1, ROOTS[1])


@given(leaves=trees, place=st.integers(0, 10**6))
def test_every_leaf_is_shown_to_be_in_the_tree(leaves, place):
    """I5."""
    index = place % len(leaves)
    proof = merkle.inclusion_proof(leaves, index)

    verified = merkle.verify_inclusion(leaves[index], index, len(leaves), proof, merkle.root_of(leaves))

    assert verified is None
    assert len(proof) <= (len(leaves) - 1).bit_length()


@settings(deadline=None)
@given(data=st.data(), leaves=trees)
def test_claim_about_another_leaf_place_or_tree_is_found(data, leaves):
    """I5: whoever holds a root finds out that a leaf was changed or moved."""
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof, root = merkle.inclusion_proof(leaves, index), merkle.root_of(leaves)
    size = len(leaves)
    claims = [
        (flipped(leaves[index]), index, size, proof, root),
        (leaves[index], index, size, proof, flipped(root)),
        (leaves[index], index, size, [*proof, root], root),
        (leaves[index], size, size, proof, root),
        (leaves[index], -1, size, proof, root),
        (leaves[index], index, 0, proof, root),
        (leaves[index][1:], index, size, proof, root),
    ]
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        other = data.draw(st.integers(0, size - 1).filter(lambda other: other != index))
        claims += [
            (leaves[index], index, size, proof[:-1], root),
            (leaves[index], index, size, [*proof[:place], flipped(proof[place]), *proof[place + 1 :]], root),
            (leaves[index], other, size, proof, root),
        ]

    for claim in claims:
        with pytest.raises(LedgerError):
            merkle.verify_inclusion(*claim)


def test_proof_that_cannot_be_one_is_told_from_one_that_leads_elsewhere():
    """I5: an auditor reads what is wrong with a proof."""
    root, proof = merkle.root_of(LEAVES), merkle.inclusion_proof(LEAVES, 5)
    growth = merkle.consistency_proof(LEAVES, 6)
    old_root = merkle.root_of(LEAVES[:6])

    for shown, expected in (
        (([*proof, root], root), "more than its path"),
        ((proof[:-1], root), "fewer than its path"),
        (([proof[0][1:], *proof[1:]], root), "a hash of 31 bytes, expected 32"),
        ((proof, flipped(root)), "leads to"),
    ):
        with pytest.raises(LedgerError, match=expected):
            merkle.verify_inclusion(LEAVES[5], 5, 8, *shown)
    for hashes, expected in (
        ([*growth, root], "more than its path"),
        (growth[:-1], "fewer than its path"),
        ([growth[0][1:], *growth[1:]], "a hash of 31 bytes, expected 32"),
        ([], "is empty"),
        ([growth[0], flipped(growth[1]), *growth[2:]], "new root leads to|old root leads to"),
    ):
        with pytest.raises(LedgerError, match=expected):
            merkle.verify_consistency(6, 8, old_root, root, hashes)
    for size, old, hashes, expected in ((8, root, [root], "expected none"), (9, root, [], "fewer than the 9")):
        with pytest.raises(LedgerError, match=expected):
            merkle.verify_consistency(size, 8, old, root, hashes)


@given(leaves=trees, cut=st.integers(0, 10**6))
def test_tree_that_only_grew_is_shown_to_have(leaves, cut):
    """I5."""
    old_size = cut % (len(leaves) + 1)
    proof = merkle.consistency_proof(leaves, old_size)

    verified = merkle.verify_consistency(
        old_size, len(leaves), merkle.root_of(leaves[:old_size]), merkle.root_of(leaves), proof
    )

    assert verified is None


@settings(deadline=None)
@given(data=st.data(), leaves=trees)
def test_ledger_rewritten_after_a_checkpoint_is_found(data, leaves):
    """I5: an old checkpoint kept outside convicts a ledger whose past was changed."""
    old_size = data.draw(st.integers(1, len(leaves)))
    changed = data.draw(st.integers(0, old_size - 1))
    old_root = merkle.root_of(leaves[:old_size])
    rewritten = [flipped(leaf) if place == changed else leaf for place, leaf in enumerate(leaves)]

    with pytest.raises(LedgerError):
        merkle.verify_consistency(
            old_size,
            len(leaves),
            old_root,
            merkle.root_of(rewritten),
            merkle.consistency_proof(rewritten, old_size),
        )


@settings(deadline=None)
@given(data=st.data(), leaves=trees)
def test_tampered_proof_of_growth_is_found(data, leaves):
    """I5."""
    old_size = data.draw(st.integers(0, len(leaves)))
    size = len(leaves)
    old_root, root = merkle.root_of(leaves[:old_size]), merkle.root_of(leaves)
    proof = merkle.consistency_proof(leaves, old_size)
    claims = [
        (old_size, size, flipped(old_root), root, proof),
        (old_size, size, old_root, root, [*proof, root]),
        (size + 1, size, old_root, root, proof),
        (-1, size, old_root, root, proof),
    ]
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        claims += [
            (old_size, size, old_root, flipped(root), proof),
            (old_size, size, old_root, root, proof[:-1]),
            (old_size, size, old_root, root, [*proof[:place], flipped(proof[place]), *proof[place + 1 :]]),
            (old_size, size, old_root, root, [proof[0][1:], *proof[1:]]),
        ]

    for claim in claims:
        with pytest.raises(LedgerError):
            merkle.verify_consistency(*claim)


@given(
    numbers=st.tuples(st.integers(-(2**70), 2**70), st.integers(-(2**70), 2**70)),
    hashes=st.lists(st.one_of(st.binary(max_size=40), st.binary(min_size=32, max_size=32)), min_size=2, max_size=8),
)
def test_hostile_proofs_are_refused_by_name(numbers, hashes):
    """I5."""
    first, second, *proof = hashes

    with pytest.raises(LedgerError):
        merkle.verify_inclusion(first, *numbers, proof, second + b"x")
    with pytest.raises(LedgerError):
        merkle.verify_consistency(*numbers, first, second + b"x" * (len(second) == 32), [*proof, b"x"])


def test_proof_is_asked_for_only_inside_the_tree():
    with pytest.raises(LedgerError, match="leaves 0 to 8"):
        merkle.inclusion_proof(LEAVES, 8)
    with pytest.raises(LedgerError, match="of 9 leaves"):
        merkle.consistency_proof(LEAVES, 9)
