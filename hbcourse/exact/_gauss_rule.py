"""Fewer nodes for discrete distributions of many."""

import numpy as np

from .._validate import FloatArray


def gauss_rule(node: FloatArray, weight: FloatArray, points: int) -> tuple[FloatArray, FloatArray]:
    """Fewer nodes and weights, (M, points), for each of M discrete distributions (M, K): equal in 2 points - 1 moments.

    By Stieltjes' recurrence for the orthogonal polynomials, and the eigenvalues of their Jacobi matrix (Golub and
    Welsch 1969).
    """
    mean = np.vecdot(node, weight)[:, None]
    sd = np.sqrt(np.vecdot((node - mean) ** 2, weight))[:, None]
    scale = np.where(sd > 0, sd, 1)
    x = (node - mean) / scale
    jacobi = np.zeros((len(node), points, points))
    previous, current, beta = np.zeros_like(x), np.ones_like(x), np.zeros_like(mean)
    for k in range(points):
        following = x * current - beta * previous
        alpha = np.vecdot(following * current, weight)[:, None]
        following = following - alpha * current
        beta = np.sqrt(np.vecdot(following**2, weight))[:, None]
        # A distribution on fewer values than points has no polynomials left.
        beta = np.where(beta > 1e-9, beta, 0)
        jacobi[:, k, k] = alpha[:, 0]
        if k + 1 < points:
            jacobi[:, k, k + 1] = jacobi[:, k + 1, k] = beta[:, 0]
        previous, current = current, following * np.where(beta > 0, 1 / np.where(beta > 0, beta, 1), 0)
    value, vector = np.linalg.eigh(jacobi)
    inside = np.clip(mean + scale * value, node.min(1, keepdims=True), node.max(1, keepdims=True))
    return inside, vector[:, 0] ** 2
