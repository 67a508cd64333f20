"""Bad input of every kind gets one sentence, never a traceback from the inside and never numbers."""

import copy
import dataclasses
import importlib
import inspect
import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

import hbcourse
from hbcourse import (
    certified,
    discovery,
    exact,
    exchangeability,
    hierarchy,
    james_stein,
    models,
    nesting,
    overdispersion,
    parameterization,
    plots,
    pooling,
    priors,
    regularization,
    shrinkage,
    uncertainty,
    variants,
    workflow,
)
from hbcourse.exact import Exponential, Flat, Gamma, HalfCauchy, HalfNormal, Improper, Normal, Power

Y, SIGMA = [28.0, 8.0, -3.0, 7.0], [15.0, 10.0, 16.0, 11.0]
X, EXPOSURE = [5, 1, 22, 3], [94.3, 15.7, 31.4, 5.0]
PLOTS = [[[3.1, 2.9], [4.0, 4.4]], [[2.0, 2.3], [1.0, 3.0]]]
PENALTY = [1e-4, 1e-2, 1.0]
A = [[1.0, 0.2], [0.2, 1.0], [0.3, 0.3]]
LONGEST = 260


def named(**arguments):
    return arguments


def rng():
    return np.random.default_rng(1)


def schools():
    return exact.normal_hierarchy(Y, SIGMA, HalfCauchy(5), Normal(0, 5))


def draws_of_pumps():
    pumps = certified.load("pumps")
    return {
        name: rng().normal(pumps.mean[name], pumps.sd[name], (2, 500, *pumps.mean[name].shape)) for name in pumps.mean
    }


def log_normal(x):
    return float(-np.square(x).sum() / 2)


def kernel(x):
    return -np.square(x) / 2


# One good call of each public function that takes an argument: its arguments by name.
FUNCTIONS = {
    "certified.load": lambda: named(name="pumps"),
    "certified.names": named,
    "exact.normal_hierarchy": lambda: named(y=Y, sigma=SIGMA, tau_prior=HalfCauchy(5), mu_prior=Normal(0, 5)),
    "exact.student_t_hierarchy": lambda: named(
        y=Y, sigma=SIGMA, df=4.0, tau_prior=HalfCauchy(5), mu_prior=Normal(0, 5)
    ),
    "exact.gamma_poisson": lambda: named(
        x=X, exposure=EXPOSURE, alpha_prior=Exponential(1), beta_prior=Gamma(3.0, 1.0)
    ),
    "exact.beta_binomial": lambda: named(
        y=[2, 0, 7], n=[10, 9, 8], kappa_prior=Gamma(2, 0.1), mu_prior=exact.Beta(1, 1)
    ),
    "exact.nested_normal": lambda: named(
        y=PLOTS, tau_prior=HalfNormal(2), sigma_prior=HalfNormal(2), mu_prior=Normal(0, 5)
    ),
    "exact.two_groups": lambda: named(z=[0.5, -1.0, 4.0], sigma=1.0, null="theoretical", pi0=0.9, slab=3.0),
    "exact.variance_components": lambda: named(y=PLOTS, method="reml"),
    "exact.Normal": lambda: named(mean=0.0, sd=1.0),
    "exact.HalfCauchy": lambda: named(scale=1.0),
    "exact.HalfNormal": lambda: named(scale=1.0),
    "exact.HalfT": lambda: named(df=3.0, scale=1.0),
    "exact.Exponential": lambda: named(scale=1.0),
    "exact.Gamma": lambda: named(shape=2.0, rate=1.0),
    "exact.InverseGamma": lambda: named(shape=2.0, rate=1.0),
    "exact.Power": lambda: named(exponent=0.5),
    "exact.LogUniform": lambda: named(low=0.1),
    "exact.Beta": lambda: named(a=1.0, b=2.0),
    "pooling.data_weight": lambda: named(tau=5.0, sigma=SIGMA),
    "pooling.no_pooling": lambda: named(y=Y, sigma=SIGMA),
    "pooling.complete_pooling": lambda: named(y=Y, sigma=SIGMA),
    "pooling.partial_pooling": lambda: named(y=Y, sigma=SIGMA, tau=5.0),
    "pooling.risks": lambda: named(J=8, tau=[0.0, 1.0], sigma=1.0),
    "pooling.complete_pooling_coverage": lambda: named(tau=1.0, sigma=SIGMA, level=0.95),
    "shrinkage.shrinkage_factor": lambda: named(tau=5.0, sigma=SIGMA),
    "shrinkage.data_weight_of_mean": lambda: named(n=[1, 4], tau=1.0, sigma=2.0),
    "shrinkage.observations_for_weight": lambda: named(weight=[0.5, 0.9], tau=1.0, sigma=2.0),
    "shrinkage.mu_sd": lambda: named(tau=1.0, sigma=SIGMA),
    "shrinkage.influence": lambda: named(tau=1.0, sigma=SIGMA),
    "exact.between_sd": lambda: named(y=Y, sigma=SIGMA, method="reml", covariates=[0.0, 1.0, 3.0, 4.0]),
    "shrinkage.empirical_bayes": lambda: named(y=Y, sigma=SIGMA, method="ml"),
    "shrinkage.empirical_logit": lambda: named(y=[0, 5], n=[10, 10]),
    "shrinkage.extremes": lambda: named(values=[0.1, 0.9, 0.5], size=[10.0, 20.0, 30.0], k=1),
    "shrinkage.rank_probabilities": lambda: named(draws=[[1.0, 2.0, 3.0], [1.0, 3.0, 2.0]]),
    "shrinkage.simulate_counties": lambda: named(J=5, rng=rng()),
    "shrinkage.interval_coverage": lambda: named(
        tau=2.0, sigma=SIGMA, repeats=5, rng=rng(), level=0.9, method="hedges", tau_prior=HalfNormal(5)
    ),
    "james_stein.james_stein": lambda: named(y=Y, sigma=SIGMA, toward=0.0, positive_part=False),
    "james_stein.limited_translation": lambda: named(y=Y, sigma=SIGMA, limit=1.0, toward="mean"),
    "james_stein.risk": lambda: named(J=5, noncentrality=[0.0, 4.0], toward=0.0, positive_part=True),
    "james_stein.unit_risks": lambda: named(theta=Y, sigma=SIGMA, toward="mean"),
    "james_stein.hierarchy_risk": lambda: named(J=4, noncentrality=[4.0], tau_prior=HalfCauchy(1)),
    "james_stein.simulated_risk": lambda: named(
        estimator=lambda y, sigma: y / 2, theta=Y, sigma=SIGMA, repeats=4, rng=rng()
    ),
    "james_stein.fixed_weight_risk": lambda: named(data_weight=0.5, sigma=1.0, deviation=[0.0, 1.0]),
    "james_stein.average_risk": lambda: named(data_weight=0.5, tau=1.0, sigma=[1.0, 2.0]),
    "james_stein.regret": lambda: named(tau=1.0, sigma=[1.0, 2.0], factor=[0.5, 2.0]),
    "regularization.ridge": lambda: named(A=A, y=[1.0, 2.0, 0.0], penalty=PENALTY),
    "regularization.posterior": lambda: named(A=A, y=[1.0, 2.0, 0.0], sigma=1.0, tau=2.0),
    "exact.inverse_problem": lambda: named(A=A, y=[1.0, 2.0, 0.0], sigma=1.0, tau_prior=HalfNormal(2)),
    "regularization.blur": lambda: named(n=8, width=0.05),
    "regularization.compare_choices": lambda: named(
        problem=regularization.blur(8), sigma=0.01, penalty=PENALTY, tau_prior=HalfNormal(1), repeats=1, rng=rng()
    ),
    "exchangeability.Urn": lambda: named(ones=2, zeros=3, added=1),
    "exchangeability.diaconis_freedman_bound": lambda: named(k=12, n=480, outcomes=2),
    "exchangeability.distance_to_independent": lambda: named(urn=exchangeability.Urn(2, 3, 1), k=3),
    "exchangeability.distance_to_mixtures": lambda: named(urn=exchangeability.Urn(2, 3, -1), k=3, nodes=11),
    "exchangeability.divergence": lambda: named(
        truth=exchangeability.normal_population(0, 1), model=exchangeability.two_point_population(0, 1), sigma=1.0
    ),
    "exchangeability.is_exchangeable": lambda: named(
        log_joint=log_normal, x=[1.0, 2.0, 4.0], rng=rng(), permutations=3, tolerance=1e-9
    ),
    "exchangeability.normal_population": lambda: named(mu=0.0, tau=1.0),
    "exchangeability.two_point_population": lambda: named(mu=0.0, tau=1.0, high=0.2),
    "exchangeability.smallest_correlation": lambda: named(N=5),
    "exchangeability.spread_explained": lambda: named(y=Y, sigma=SIGMA, covariates=[0.0, 1.0, 3.0, 4.0]),
    "exchangeability.total_variation": lambda: named(p=[0.5, 0.5], q=[0.75, 0.25]),
    "hierarchy.covariance_parts": lambda: named(posterior=schools()),
    "hierarchy.gamma_poisson_rates": lambda: named(x=X, exposure=EXPOSURE, alpha=0.7, beta=0.9),
    "hierarchy.gamma_population": lambda: named(mean=5.0, sd=[4.0, 2.0]),
    "hierarchy.lognormal_population": lambda: named(mean=5.0, sd=[4.0, 2.0]),
    "hierarchy.intraclass_correlation": lambda: named(tau=3.0, sigma=[4.0, 5.0]),
    "hierarchy.log_joint": lambda: named(
        theta=Y, mu=1.0, tau=2.0, y=Y, sigma=SIGMA, tau_prior=HalfCauchy(5), mu_prior=Normal(0, 5)
    ),
    "hierarchy.log_posterior": lambda: named(theta=Y, mu=1.0, tau=2.0, posterior=schools()),
    "hierarchy.predict_sibling": lambda: named(siblings=[109.0, 111.0], tau=10.0, sigma=10.0, mu=100.0),
    "hierarchy.probability_negative": lambda: named(mu=5.0, tau=[4.0, 3.0]),
    "hierarchy.sibling_variance": lambda: named(k=[0, 1, 9], tau=10.0, sigma=10.0),
    "hierarchy.simulate_counts": lambda: named(alpha=2.0, beta=4.0, exposure=[1.0, 10.0], rng=rng()),
    "hierarchy.simulate_normal": lambda: named(mu=2.0, tau=4.0, sigma=[1.0, 10.0], rng=rng()),
    "overdispersion.LogNormalPoisson": lambda: named(log_mean=1.0, log_sd=0.5),
    "overdispersion.NegativeBinomial": lambda: named(mean=3.0, alpha=2.0),
    "overdispersion.Poisson": lambda: named(mean=3.0),
    "overdispersion.ZeroInflatedPoisson": lambda: named(rate=3.0, silent=0.2),
    "overdispersion.distance_to_poisson": lambda: named(mean=5.0, alpha=[10.0, 100.0]),
    "overdispersion.fano_bootstrap": lambda: named(x=[3, 5, 0, 9], rng=rng(), level=0.9, resamples=20),
    "overdispersion.fano_factor": lambda: named(x=[3, 5, 0, 9]),
    "overdispersion.fano_interval": lambda: named(x=[3, 5, 0, 9], level=0.9),
    "overdispersion.nbinom_parameters": lambda: named(mean=2.0, alpha=[0.25, 0.5]),
    "overdispersion.poisson_coverage": lambda: named(fano=[0.1, 1.0], level=0.9),
    "overdispersion.poisson_interval": lambda: named(x=[3, 5, 0, 9], level=0.9),
    "overdispersion.simulate_neuron": lambda: named(mean=4.1, fano=0.5, trials=5, rng=rng()),
    "overdispersion.simulate_units": lambda: named(units=2, trials=3, mean=10.0, unit_cv=0.5, trial_cv=0.2, rng=rng()),
    "overdispersion.rate_variances": lambda: named(x=[[2, 4, 9], [11, 10, 20]]),
    "uncertainty.new_group_parts": lambda: named(posterior=schools(), sigma=10.0),
    "uncertainty.observed_group_parts": lambda: named(posterior=schools(), sigma=[1.0, 2.0, 3.0, 4.0]),
    "uncertainty.balanced_parts": lambda: named(J=8, n=[4, 5], tau=2.0, sigma=6.0, m=1),
    "uncertainty.plug_in_interval": lambda: named(estimates=pooling.partial_pooling(Y, SIGMA, 5.0), level=0.9),
    "variants.draw": lambda: named(
        student_id="ada", exercise="pooling", key="2026", J=range(8, 21), town=["Oslo", "Bergen"]
    ),
    "variants.normalised": lambda: named(student_id="ada"),
    "variants.numbers": lambda: named(low=0.5, high=2.0, digits=2),
    "discovery.false_positives": lambda: named(J=100, alpha=0.05),
    "discovery.simulate": lambda: named(J=6, pi0=0.5, slab=3.0, rng=rng(), sigma=1.0, null=Normal(0.0, 1.0)),
    "discovery.em": lambda: named(z=[0.5, -1.0, 4.0], sigma=1.0, iterations=5),
    "discovery.benjamini_hochberg": lambda: named(z=[0.5, -1.0, 4.0], q=0.1, sigma=1.0, pi0=0.9),
    "discovery.largest_set": lambda: named(local_fdr=[0.9, 0.01], q=0.1),
    "discovery.realised": lambda: named(selected=[True, False], theta=[0.0, 2.5]),
    "discovery.tweedie": lambda: named(z=[0.5, -1.0, 4.0], log_density=kernel, sigma=1.0),
    "discovery.calibration": lambda: named(probability=[0.1, 0.9], happened=[False, True], bins=2, level=0.9),
    "priors.Jeffreys": lambda: named(sigma=SIGMA),
    "priors.compare_populations": lambda: named(y=Y, sigma=SIGMA, tau_prior=HalfCauchy(5), df=[4.0], mu_prior=Flat()),
    "priors.density_of_sd": lambda: named(density=np.ones_like, tau=[1.0, 4.0]),
    "priors.fisher_information": lambda: named(tau=[0.0, 1.0], sigma=SIGMA),
    "priors.in_other_units": lambda: named(y=Y, sigma=SIGMA, tau_prior=HalfCauchy(5), factor=10.0, mu_prior=Flat()),
    "priors.mass_below": lambda: named(value=1.0, y=Y, sigma=SIGMA, cuts=[0.1, 0.01]),
    "priors.prior_predictive": lambda: named(
        tau_prior=HalfCauchy(5), mu_prior=Normal(0, 5), sigma=SIGMA, draws=5, rng=rng()
    ),
    "priors.propriety": lambda: named(J=8, tau_prior=Flat(), mu_prior=Flat()),
    "priors.sensitivity": lambda: named(
        y=Y, sigma=SIGMA, priors={"flat": Flat(), "narrow": HalfNormal(1)}, unit=0, mu_prior=Flat()
    ),
    "priors.tail_mass": lambda: named(prior=HalfCauchy(5), multiple=10.0),
    "nesting.anova": lambda: named(y=PLOTS, names=("a", "b", "c")),
    "nesting.complete_pooling_lines": lambda: named(
        x=[0, 1, 0, 2], y=[1.0, 3.0, 5.0, 6.0], group=["A", "A", "B", "B"], sigma=1.0
    ),
    "nesting.no_pooling_lines": lambda: named(
        x=[0, 1, 0, 2], y=[1.0, 3.0, 5.0, 6.0], group=["A", "A", "B", "B"], sigma=1.0
    ),
    "nesting.partial_pooling_lines": lambda: named(
        x=[0, 1, 0, 2],
        y=[1.0, 3.0, 5.0, 6.0],
        group=["A", "A", "B", "B"],
        sigma=1.0,
        covariance=np.eye(2),
        mu=[1.0, 2.0],
    ),
    "nesting.design": lambda: named(outer=["A", "A", "B"], inner=[1, 2, 1]),
    "nesting.relabel": lambda: named(outer=["A", "A", "B"], inner=[1, 2, 1]),
    "nesting.influence": lambda: named(shape=(3, 2, 4), tau=[1.0, 1.0], sigma=2.0),
    "nesting.intraclass_correlation": lambda: named(tau=[2.0, 1.0], sigma=2.0),
    "nesting.line_covariance": lambda: named(tau=[2.0, 1.0], correlation=-0.5),
    "nesting.simulate": lambda: named(shape=(2, 2, 3), mu=20.0, tau=[2.0, 1.0], sigma=0.5, rng=rng()),
    "nesting.simulate_cohorts": lambda: named(sizes=[3, 2], mu=[1.0, 0.5], covariance=np.eye(2), sigma=1.0, rng=rng()),
    "parameterization.bias_in_mcse": lambda: named(
        draws={"tau": schools().sample(400, rng())["tau"].reshape(4, 100)}, posterior=schools()
    ),
    "parameterization.choose_parameterization": lambda: named(tau=5.0, sigma=SIGMA),
    "parameterization.conditional_sd": lambda: named(tau=5.0, sigma=SIGMA, parameterization="centered"),
    "parameterization.curvature": lambda: named(
        tau=[1.0, 2.0], sigma=SIGMA, mu_prior=Normal(0, 5), parameterization="noncentered"
    ),
    "parameterization.dependence": lambda: named(posterior=schools(), parameterization="centered"),
    "parameterization.narrowing": lambda: named(posterior=schools(), parameterization="centered", level=0.9),
    "parameterization.diagnostics": lambda: named(draws={"mu": rng().normal(size=(4, 100))}, names=["mu"]),
    "parameterization.ess": lambda: named(chains=rng().normal(size=(4, 20))),
    "parameterization.split_rhat": lambda: named(chains=rng().normal(size=(4, 20))),
    "parameterization.leapfrog": lambda: named(
        log_density=log_normal, gradient=np.negative, position=[0.0], momentum=[1.0], step=0.3, steps=3
    ),
    "parameterization.target": lambda: named(
        y=Y, sigma=SIGMA, tau_prior=HalfCauchy(5), mu_prior=Normal(0, 5), parameterization="centered"
    ),
    "workflow.calibrate_normal_hierarchy": lambda: named(
        sampler=workflow.sample_without_prior,
        sigma=SIGMA,
        tau_prior=HalfNormal(5),
        mu_prior=Normal(0, 5),
        repeats=3,
        draws=9,
        rng=rng(),
    ),
    "workflow.leave_one_group_out": lambda: named(
        y=[1.0, 1.2, 4.9, 5.1], group=list("AABB"), sigma=0.3, tau_prior=HalfNormal(5), mu_prior=Flat()
    ),
    "workflow.leave_one_observation_out": lambda: named(
        y=[1.0, 1.2, 4.9, 5.1], group=list("AABB"), sigma=0.3, tau_prior=HalfNormal(5), mu_prior=Flat()
    ),
    "workflow.predictive_check": lambda: named(y=[1.0, 2.0], replicated=[[0.0, 1.0], [2.0, 3.0]], statistic=np.mean),
    "workflow.probability_outside": lambda: named(
        low=0.0, high=100.0, sigma=10.0, tau_prior=HalfNormal(5), mu_prior=Normal(50, 5)
    ),
    "workflow.share_outside": lambda: named(simulated=[52.0, 104.0], low=0.0, high=100.0),
    "workflow.replicate_new_groups": lambda: named(posterior=schools(), draws=3, rng=rng()),
    "workflow.replicate_same_groups": lambda: named(posterior=schools(), draws=3, rng=rng()),
    "workflow.sample_plug_in": lambda: named(posterior=schools(), draws=3, rng=rng()),
    "workflow.sample_without_prior": lambda: named(posterior=schools(), draws=3, rng=rng()),
    "workflow.simulation_based_calibration": lambda: named(
        simulate=lambda rng: ({"mu": 0.5}, 1.0), sample=lambda y, rng: {"mu": rng.normal(size=9)}, repeats=3, rng=rng()
    ),
    "models.normal_hierarchy": lambda: named(
        y=Y, sigma=SIGMA, tau_prior=HalfCauchy(5), mu_prior=Normal(0, 5), parameterization="centered", unit=list("ABCD")
    ),
    "models.student_t_hierarchy": lambda: named(
        y=Y,
        sigma=SIGMA,
        df=4.0,
        tau_prior=HalfCauchy(5),
        mu_prior=Normal(0, 5),
        parameterization="centered",
        unit=list("ABCD"),
    ),
    "models.beta_binomial": lambda: named(
        y=[2, 0, 7], n=[10, 9, 8], kappa_prior=Gamma(2, 0.1), mu_prior=exact.Beta(1, 1), unit=list("ABC")
    ),
    "models.gamma_poisson": lambda: named(
        x=X, exposure=EXPOSURE, alpha_prior=Exponential(1), beta_prior=Gamma(1, 1), unit=list("ABCD")
    ),
    "models.lognormal_poisson": lambda: named(
        x=X,
        exposure=EXPOSURE,
        tau_prior=HalfNormal(1),
        mu_prior=Normal(0, 3),
        parameterization="centered",
        unit=list("ABCD"),
    ),
    "models.logit_normal": lambda: named(
        y=[2, 0, 7],
        n=[10, 9, 8],
        tau_prior=HalfNormal(1),
        mu_prior=Normal(0, 3),
        covariates=[[-0.5], [0.5], [0.0]],
        slope_prior=Normal(0, 1),
        parameterization="centered",
        unit=list("ABC"),
    ),
    "models.negative_binomial": lambda: named(
        x=[3, 5, 0, 1],
        unit=["a", "a", "b", "b"],
        tau_prior=HalfNormal(1),
        mu_prior=Normal(0, 3),
        alpha_prior=Gamma(2, 0.1),
        population="gamma",
    ),
    "models.nested_normal": lambda: named(
        y=[3.1, 2.9, 4.0, 4.4, 2.0],
        tau_prior=HalfNormal(1),
        sigma_prior=HalfNormal(1),
        mu_prior=Normal(0, 3),
        site=[1, 1, 2, 2, 1],
        region=list("AAAAB"),
        parameterization="centered",
    ),
    "models.two_groups": lambda: named(
        z=[0.5, -1.0, 4.0], sigma=1.0, slab_prior=HalfNormal(5), pi0_prior=exact.Beta(9, 1)
    ),
    "models.inverse_problem": lambda: named(
        A=A, y=[1.0, 2.0, 0.0], sigma=1.0, tau_prior=HalfNormal(2), parameterization="centered"
    ),
    "models.varying_slopes": lambda: named(
        y=[1.0, 2.0, 4.0],
        x=[0.0, 1.0, 1.0],
        group=["a", "a", "b"],
        tau_prior=(HalfNormal(2), HalfNormal(1)),
        sigma_prior=HalfNormal(1),
        mu_prior=(Normal(0, 5), Normal(0, 1)),
        eta=2.0,
        parameterization="centered",
    ),
    "plots.calibration": lambda: named(
        predicted=[0.1, 0.9], frequency=[0.2, 0.8], interval=[[0.1, 0.7], [0.3, 0.9]], ax=None
    ),
    "plots.forest": lambda: named(
        y=[1.0, 2.0],
        y_interval=[[0.0, 1.0], [2.0, 3.0]],
        theta=[1.2, 1.8],
        theta_interval=[[0.5, 1.0], [2.0, 2.5]],
        unit=["A", "B"],
        ax=None,
    ),
    "plots.funnel": lambda: named(theta=[0.0, 1.0], tau=[0.1, 1.0], diverging=[True, False], ax=None),
    "plots.influence": lambda: named(matrix=[[0.7, 0.3], [0.3, 0.7]], unit=["A", "B"], ax=None),
    "plots.prior": lambda: named(tau=[0.0, 1.0, 2.0], priors={"flat": Flat(), "half": HalfNormal(1)}, ax=None),
    "plots.prior_predictive": lambda: named(draws=[10.0, 50.0], low=0.0, high=100.0, xlabel="marks", ax=None),
    "plots.rank_histogram": lambda: named(share=[0.1, 0.9, 0.5], bins=2, ax=None),
    "plots.risk_curves": lambda: named(x=[0.0, 1.0], risks={"no": [1.0, 1.0]}, xlabel="tau", ylabel="risk", ax=None),
    "plots.shrinkage": lambda: named(
        y=Y, sigma=SIGMA, estimates=pooling.partial_pooling(Y, SIGMA, 5.0), unit=list("ABCD"), truth=Y, ax=None
    ),
    "plots.variance_parts": lambda: named(
        x=[1.0, 2.0], parts={"within": [1.0, 0.5]}, xlabel="n", ylabel="variance", ax=None
    ),
}


# An object of each public class whose methods take arguments.
OBJECTS = {
    "certified.CertifiedPosterior": lambda: certified.load("pumps"),
    "exact.Normal": lambda: Normal(0, 1),
    "exact.HalfCauchy": lambda: HalfCauchy(1),
    "exact.HalfNormal": lambda: HalfNormal(1),
    "exact.HalfT": lambda: exact.HalfT(3, 1),
    "exact.Exponential": lambda: Exponential(1),
    "exact.Gamma": lambda: Gamma(2, 1),
    "exact.InverseGamma": lambda: exact.InverseGamma(2, 1),
    "exact.Flat": Flat,
    "exact.Power": lambda: Power(0.5),
    "exact.LogUniform": lambda: exact.LogUniform(0.1),
    "exact.Beta": lambda: exact.Beta(2, 3),
    "exact.NormalHierarchyPosterior": schools,
    "exact.NormalMixture": lambda: schools().mu,
    "exact.ScaleMarginal": lambda: schools().tau,
    "exact.StudentTHierarchyPosterior": lambda: heavy(),
    "exact.MeanMarginal": lambda: heavy().theta,
    "exact.PanelMarginal": lambda: heavy().tau,
    "exact.GammaPoissonPosterior": lambda: rates(),
    "exact.GammaMixture": lambda: rates().theta,
    "exact.PlaneMarginal": lambda: rates().mu,
    "exact.BetaBinomialPosterior": lambda: shares(),
    "exact.BetaMixture": lambda: shares().theta,
    "exact.NestedNormalPosterior": lambda: nested(),
    "exact.LocationMarginal": lambda: nested().mu,
    "exact.SdMarginal": lambda: nested().sigma,
    "exact.TwoGroupsPosterior": lambda: two_groups(),
    "exact.SpikeAndSlab": lambda: two_groups().predict_new(),
    "estimates.Estimates": lambda: pooling.no_pooling(Y, SIGMA),
    "exchangeability.Population": lambda: exchangeability.two_point_population(0, 1),
    "exchangeability.Urn": lambda: exchangeability.Urn(3, 4, 1),
    "overdispersion.Poisson": lambda: overdispersion.Poisson(3.0),
    "overdispersion.NegativeBinomial": lambda: overdispersion.NegativeBinomial(3.0, 2.0),
    "overdispersion.LogNormalPoisson": lambda: overdispersion.LogNormalPoisson(1.0, 0.5),
    "overdispersion.ZeroInflatedPoisson": lambda: overdispersion.ZeroInflatedPoisson(3.0, 0.2),
    "workflow.Ranks": lambda: workflow.Ranks({"mu": np.random.default_rng(1).integers(0, 100, 1000)}, draws=99),
    "priors.Jeffreys": lambda: priors.Jeffreys(SIGMA),
    "exact.InverseProblemPosterior": lambda: exact.inverse_problem(A, [1.0, 2.0, 0.0], 1.0, HalfNormal(2)),
    "regularization.InverseProblem": lambda: regularization.blur(8),
    "regularization.NormalPosterior": lambda: regularization.posterior(A, [1.0, 2.0, 0.0], 1.0, 2.0),
    "regularization.RidgePath": lambda: regularization.ridge(A, [1.0, 2.0, 0.0], PENALTY),
    "parameterization.Target": lambda: parameterization.target(Y, SIGMA),
}


def heavy():
    return exact.student_t_hierarchy(Y, SIGMA, 4.0, HalfCauchy(5), Normal(0, 5))


def rates():
    return exact.gamma_poisson(X, EXPOSURE, Exponential(1), Gamma(3.0, 1.0))


def shares():
    return exact.beta_binomial([2, 0, 7], [10, 9, 8], Gamma(2, 0.1))


def nested():
    return exact.nested_normal(PLOTS, HalfNormal(2), HalfNormal(2), Normal(0, 5))


def two_groups():
    return exact.two_groups([0.5, -1.0, 4.0], pi0=0.9, slab=3.0)


# The arguments of their methods, by name.
ARGUMENTS = {
    "x": lambda: [1.0, 3.0],
    "p": lambda: [0.1, 0.9],
    "tau": lambda: np.array([0.5, 1.0]),
    "draws": lambda: 3,
    "rng": rng,
    "z": lambda: [0.5, 1.0, 2.0],
    "sigma": lambda: 1.0,
    "y": lambda: [0.5, 1.0],
    "J": lambda: 3,
    "k": lambda: 2,
    "urns": lambda: 3,
    "trials": lambda: 3,
    "level": lambda: 1,
    "known": lambda: 0,
    "bins": lambda: 20,
    "name": lambda: "mu",
    "position": lambda: [1.0, 2.0, 3.0, 4.0, 1.0, 0.5],
    "theta": lambda: [1.0, 2.0, 3.0, 4.0],
    "mu": lambda: 1.0,
}
OF_METHOD = {
    "certified.CertifiedPosterior.z_scores": lambda: named(draws=draws_of_pumps(), false_alarm=0.01),
    "estimates.Estimates.interval": lambda: named(level=0.9),
    "exchangeability.Urn.log_probability": lambda: named(x=[0, 1, 1]),
    "exact.Beta.log_density": lambda: named(mu=[0.2, 0.9]),
    **{
        f"exact.{kind}.{verb}": lambda kind=kind: named(
            x=[0.1, 0.2, 0.3] if kind == "BetaMixture" else [0.1, 1.0, 2.0, 3.0]
        )
        for kind in ("MeanMarginal", "GammaMixture", "BetaMixture")
        for verb in ("cdf", "pdf", "log_pdf")
    },
    **{
        f"{kind}.interval": lambda: named(level=0.9)
        for kind in OBJECTS
        if kind.endswith(("Marginal", "Mixture", "SpikeAndSlab"))
    },
    **{
        f"{kind}.{verb}": lambda kind=kind, verb=verb: named(
            unit=list("abcdefgh")[: OBJECTS[kind]()._size()],
            **(named(level=0.9) if verb == "summary" else named(draws=3, rng=rng())),
        )
        for kind in OBJECTS
        if kind.endswith("Posterior") and kind.startswith("exact")
        for verb in ("summary", "to_datatree")
    },
    "exact.InverseProblemPosterior.predict_new": lambda: named(A=[[1.0, 0.5]]),
    "parameterization.Target.position": lambda: named(theta=[1.0, 2.0, 3.0, 4.0], mu=1.0, tau=2.0),
}
# What engines hold, what a method takes from another, and a protocol: not for readers to call.
INTERNAL = {
    "exact.ScaleMarginal.quantile_each",
    "exact.PanelMarginal.coordinate_at",
    *(f"exact.{name}" for name in ("Marginal", "NormalMixture", "ScaleMarginal", "SpikeAndSlab")),
    *(f"exact.Marginal.{verb}" for verb in dir(exact.Marginal)),
    # Its kinds are in OBJECTS.
    *(f"exact.Improper.{verb}" for verb in dir(exact.Improper)),
    *(
        f"exact.{name}Posterior"
        for name in (
            "InverseProblem",
            "NestedNormal",
            "NormalHierarchy",
            "StudentTHierarchy",
            "TwoGroups",
            "GammaPoisson",
            "BetaBinomial",
        )
    ),
    *(f"regularization.{name}" for name in ("InverseProblem", "NormalPosterior", "RidgePath")),
    "certified.CertifiedPosterior",
    "estimates.Estimates",
    "exchangeability.Population",
    "nesting.Design",
    "nesting.FittedLines",
    "parameterization.Diagnostics",
    "parameterization.Target",
    "variants.Variant",
    # Fails an answer, as those of check do.
    "variants.check_student",
    "workflow.Ranks",
}
MODULES = [name for name in hbcourse.__all__ if name not in ("check", "datasets")]
# What posteriors return, under no public name.
MARGINALS = [path for path in OBJECTS if not hasattr(exact, path.removeprefix("exact.")) and path.startswith("exact.")]


def own_public(module):
    names = getattr(module, "__all__", [name for name in vars(module) if not name.startswith("_")])
    for name in names:
        value = getattr(module, name)
        if (inspect.isfunction(value) or inspect.isclass(value)) and value.__module__.startswith(module.__name__):
            yield name, value


def required():
    """Public functions, constructors and methods that take an argument."""
    for module_name in MODULES:
        module = importlib.import_module(f"hbcourse.{module_name}")
        for name, value in own_public(module):
            path = f"{module_name}.{name}"
            if inspect.isfunction(value):
                yield path
            elif (
                not hasattr(value, "_fields")
                and not inspect.isabstract(value)
                and not getattr(value, "_is_protocol", False)
            ):
                if inspect.signature(value).parameters:
                    yield path
                yield from verbs(path, value)
    for path in MARGINALS:
        yield from verbs(path, type(OBJECTS[path]()))


def verbs(path, kind):
    """Methods of a class that take an argument."""
    for verb in (verb for verb in dir(kind) if not verb.startswith("_")):
        method = getattr(kind, verb)
        if callable(method) and set(inspect.signature(method).parameters) - {"self"}:
            yield f"{path}.{verb}"


REQUIRED = sorted(set(required()) - INTERNAL)


def good_call(path):
    """A function, and arguments by name that it takes."""
    if path in FUNCTIONS:
        module, name = path.split(".")
        return getattr(importlib.import_module(f"hbcourse.{module}"), name), FUNCTIONS[path]()
    owner, verb = path.rsplit(".", 1)
    method = getattr(OBJECTS[owner](), verb)
    if path in OF_METHOD:
        return method, OF_METHOD[path]()
    return method, {name: ARGUMENTS[name]() for name in inspect.signature(method).parameters}


TAKES_ANOTHER_CALL = {
    ("james_stein.simulated_risk", "estimator", "a class"),
    ("workflow.calibrate_normal_hierarchy", "sampler", "a class"),
    ("workflow.simulation_based_calibration", "simulate", "a class"),
    ("workflow.simulation_based_calibration", "sample", "a class"),
    ("discovery.tweedie", "log_density", "a class"),
    ("priors.density_of_sd", "density", "a class"),
}
POISONS = {
    "nan": lambda: np.nan,
    "array with nan": lambda: np.array([1.0, np.nan]),
    "nan in two dimensions": lambda: np.array([[1.0, np.nan], [2.0, 3.0]]),
    "infinity": lambda: np.inf,
    "minus infinity": lambda: [-np.inf, 1.0],
    "text": lambda: "wrong",
    "texts": lambda: ["1", "2"],
    "none": lambda: None,
    "none inside": lambda: [1.0, None, 2.0],
    "object": lambda: object(),
    "masked": lambda: np.ma.masked_array([1.0, 2.0], [False, True]),
    "empty": lambda: [],
    "no columns": lambda: np.empty((3, 0)),
    "ragged": lambda: [[1.0, 2.0], [3.0]],
    "complex": lambda: np.array([1 + 2j, 3.0]),
    "huge int": lambda: 10**400,
    "unprintable int": lambda: 10**5000,
    "huge ints": lambda: [10**400, 1],
    "uint64": lambda: np.uint64(2**64 - 1),
    "minus one": lambda: -1,
    "minus ones": lambda: [-1.0, -1.0],
    "zero": lambda: 0,
    "booleans": lambda: np.array([True, False]),
    "missing": lambda: pd.NA,
    "missing inside": lambda: pd.array([1, None], dtype="Int64"),
    "generator": lambda: (value for value in (1.0, 2.0)),
    "dict": lambda: {"a": 1.0},
    "dates": lambda: np.array(["2020-01-01", "2020-01-02"], dtype="datetime64[D]"),
    "a class": lambda: HalfNormal,
    "too deep": lambda: np.ones((2, 1, 2, 1)),
    "very large": lambda: 1e308,
    "very small": lambda: 1e-308,
}
INNER = re.compile(
    r"numpy|scipy|ufunc|dtype|broadcast|operand|truth value|inhomogeneous|setting an array|cannot convert|"
    r"object of type|attribute|index out|unpack|tuple indices|float\(\)|ndarray|argument must be|NoneType|"
    r"invalid literal|could not convert|Traceback",
    re.IGNORECASE,
)


def one_sentence(error):
    """What is wrong with the message of an error, or nothing."""
    text = str(error)
    if type(error) is not ValueError:
        return f"{type(error).__name__}: {text[:150]}"
    if "\n" in text or not 15 <= len(text) <= LONGEST:
        return f"{len(text)} characters: {text[:150]!r}"
    # The required generator is named in full.
    wording = re.sub(r"numpy\.random\.(Generator|default_rng)|got .*", "", text)
    return f"the words of the inside: {text[:150]}" if INNER.search(wording) else None


def has_nan(value):
    """Whether a result holds NaN anywhere."""
    if isinstance(value, pd.DataFrame | pd.Series):
        return bool(value.isna().to_numpy().any())
    if isinstance(value, Mapping):
        return any(has_nan(part) for part in value.values())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return any(has_nan(getattr(value, field.name)) for field in dataclasses.fields(value))
    if isinstance(value, tuple | list):
        return any(has_nan(part) for part in value)
    if isinstance(value, np.ndarray | float | np.floating):
        return np.asarray(value).dtype.kind == "f" and bool(np.isnan(value).any())
    return False


def look(result):
    """A result with the marginals of an engine evaluated, which are computed on demand."""
    parts = [result]
    for name in ("theta", "mu", "tau"):
        marginal = getattr(result, name, None)
        if hasattr(marginal, "quantile"):
            parts.append(marginal.quantile(0.5))
    return parts


def try_poison(path, argument, poison):
    """What goes wrong when one argument of a good call is poisoned, or nothing."""
    call, arguments = good_call(path)
    arguments[argument] = POISONS[poison]()
    if path.startswith("plots."):
        import matplotlib.pyplot as plt

        plt.close("all")
    try:
        result = look(call(**arguments))
    except Exception as error:
        return one_sentence(error)
    return "NaN" if has_nan(result) else None


# What is wrong, and the sentence that says so, or how it begins.
BAD = [
    # Shapes and kinds of y and sigma.
    (lambda: pooling.no_pooling([], 1.0), "y must be a list of one or more estimates; got shape (0,)"),
    (lambda: pooling.no_pooling(3.0, 1.0), "y must be a list of one or more estimates; got shape ()"),
    (lambda: pooling.no_pooling([[1.0, 2.0]], 1.0), "y must be a list of one or more estimates; got shape (1, 2)"),
    (
        lambda: pooling.no_pooling([1.0, 2.0], [1.0, 2.0, 3.0]),
        "sigma must have one entry for each y, (2,), or be one number; got shape (3,)",
    ),
    (lambda: pooling.no_pooling([1.0, np.nan], 1.0), "y must be finite; got nan at index 1"),
    (lambda: pooling.no_pooling([1.0, -np.inf], 1.0), "y must be finite; got -inf at index 1"),
    (lambda: pooling.no_pooling([1.0, 1e200], 1.0), "y must be at most 1e+100 in size; got 1e+200 at index 1"),
    (lambda: pooling.no_pooling([1.0, 2.0], [1.0, -1.0]), "sigma must be positive; got -1.0 at index 1"),
    (lambda: pooling.no_pooling([1.0, 2.0], [1.0, 0.0]), "sigma must be positive; got 0.0 at index 1"),
    (lambda: pooling.no_pooling([1.0, 2.0], [1.0, np.inf]), "sigma must be finite; got inf at index 1"),
    (lambda: pooling.no_pooling([1.0, 2.0], 1e-200), "sigma must be at least 1e-100; got 1e-200"),
    (lambda: pooling.no_pooling("28, 8", 1.0), "y must be numbers; got '28, 8'"),
    (lambda: pooling.no_pooling(["28", "8"], 1.0), "y must be numbers; got ['28', '8']"),
    (lambda: pooling.no_pooling(None, 1.0), "y must be numbers; got None"),
    (lambda: pooling.no_pooling([1.0, None], 1.0), "y must be numbers; got [1.0, None]"),
    (
        lambda: pooling.no_pooling([1.0, [2.0, 3.0]], 1.0),
        "y must be numbers in rows of one length; got [1.0, [2.0, 3.0]]",
    ),
    (lambda: pooling.no_pooling([1.0, 2j], 1.0), "y must be numbers; got [1.0, 2j]"),
    (lambda: pooling.no_pooling([True, False], 1.0), "y must be numbers; got [True, False]"),
    (
        lambda: pooling.no_pooling([10**400, 1], 1.0),
        "y must be numbers; got [10000000000000000000000000000000000000000000000000000000...",
    ),
    (
        lambda: pooling.no_pooling(np.ma.masked_array([1.0, 2.0], [False, True]), 1.0),
        "y must not be masked; drop or fill the missing values first",
    ),
    (lambda: pooling.no_pooling({"y": 1.0}, 1.0), "y must be numbers; got {'y': 1.0}"),
    (
        lambda: pooling.no_pooling((value for value in (1.0, 2.0)), 1.0),
        "y must be numbers; got <generator object",
    ),
    (lambda: pooling.no_pooling(pd.array([1, None], dtype="Int64"), 1.0), "y must be finite; got nan at index 1"),
    (
        lambda: pooling.no_pooling(np.array([1.0, 2.0], dtype=object), 1.0),
        "y must be numbers; got array([1.0, 2.0], dtype=object)",
    ),
    (
        lambda: pooling.no_pooling(np.array(["2020-01-01"], dtype="datetime64[D]"), 1.0),
        "y must be numbers; got array(['2020-01-01'], dtype='datetime64[D]')",
    ),
    (lambda: pooling.no_pooling([1.0], [1.0]).interval(1.0), "level must be between 0 and 1; got 1.0"),
    (lambda: pooling.no_pooling([1.0], [1.0]).interval([0.5, 0.9]), "level must be one number; got shape (2,)"),
    (lambda: pooling.complete_pooling([1.0, 2.0], None), "sigma must be numbers; got None"),
    (lambda: pooling.complete_pooling([1.0, 2.0], "one"), "sigma must be numbers; got 'one'"),
    (lambda: pooling.partial_pooling([1.0, 2.0], 1.0, tau=-1.0), "tau must be zero or more; got -1.0"),
    (lambda: pooling.partial_pooling([1.0, 2.0], 1.0, tau=np.nan), "tau must be zero or more; got nan"),
    (lambda: pooling.partial_pooling([1.0, 2.0], 1.0, tau=[1.0, 2.0]), "tau must be one number; got shape (2,)"),
    (
        lambda: pooling.data_weight([1.0, 2.0], [1.0, 2.0, 3.0]),
        "tau and sigma must have shapes that fit together; got tau (2,), sigma (3,)",
    ),
    (lambda: pooling.data_weight(1.0, 0.0), "sigma must be positive; got 0.0"),
    (lambda: pooling.risks(0, 1.0, 1.0), "J must be a whole number of 1 or more; got 0"),
    (lambda: pooling.risks(2.5, 1.0, 1.0), "J must be a whole number of 1 or more; got 2.5"),
    (lambda: pooling.risks(True, 1.0, 1.0), "J must be a whole number of 1 or more; got True"),
    (lambda: pooling.risks(10**400, 1.0, 1.0), "J must be at most 1000000000; got a number of many digits"),
    (
        lambda: pooling.risks(np.uint64(2**64 - 1), 1.0, 1.0),
        "J must be at most 1000000000; got np.uint64(18446744073709551615)",
    ),
    (lambda: pooling.risks("12", 1.0, 1.0), "J must be a whole number of 1 or more; got '12'"),
    (lambda: pooling.risks(12, np.inf, 1.0), "tau must be finite; got inf"),
    (
        lambda: pooling.risks(12, [1.0, 2.0], [1.0, 2.0, 3.0]),
        "tau and sigma must have shapes that fit together; got tau (2,), sigma (3,)",
    ),
    (
        lambda: pooling.complete_pooling_coverage(1.0, [], 0.9),
        "sigma must be a list of one or more standard errors; got shape (0,)",
    ),
    (
        lambda: pooling.complete_pooling_coverage(1.0, [[1.0, 2.0]]),
        "sigma must be a list of one or more standard errors; got shape (1, 2)",
    ),
    (lambda: pooling.complete_pooling_coverage(1.0, [1.0], level=95), "level must be between 0 and 1; got 95.0"),
    # Priors.
    (lambda: Normal(np.nan, 1), "mean must be finite; got nan"),
    (lambda: Normal(0, 0), "sd must be positive; got 0.0"),
    (lambda: Normal([0, 1], 1), "mean must be one number; got shape (2,)"),
    (lambda: HalfCauchy(-5), "scale must be positive; got -5.0"),
    (lambda: HalfCauchy(np.inf), "scale must be finite; got inf"),
    (lambda: HalfNormal("wide"), "scale must be numbers; got 'wide'"),
    (lambda: HalfNormal(True), "scale must be numbers; got True"),
    (lambda: exact.HalfT(0, 1), "df must be positive; got 0.0"),
    (lambda: Exponential(None), "scale must be numbers; got None"),
    (lambda: Gamma(0.0, 1), "shape must be positive; got 0.0"),
    (lambda: Gamma(1, [1.0]), "rate must be one number; got shape (1,)"),
    (lambda: exact.InverseGamma(10**400, 1), "shape must be numbers; got a number of many digits"),
    (lambda: Power(np.nan), "exponent must be finite; got nan"),
    (lambda: exact.LogUniform(0), "low must be positive; got 0.0"),
    (lambda: exact.Beta(0, 1), "a must be positive; got 0.0"),
    (lambda: HalfNormal(1).cdf(np.nan), "x must be finite; got nan"),
    (lambda: HalfNormal(1).quantile(1.0), "p must be between 0 and 1; got 1.0"),
    (lambda: HalfNormal(1).quantile([0.5, -0.1]), "p must be between 0 and 1; got -0.1 at index 1"),
    (lambda: HalfNormal(1).sample(0, rng()), "draws must be a whole number of 1 or more; got 0"),
    (
        lambda: HalfNormal(1).sample(10, 1),
        "rng must be a numpy.random.Generator, such as numpy.random.default_rng(1); got 1",
    ),
    (lambda: HalfNormal(1).sample(10.0, rng()), "draws must be a whole number of 1 or more; got 10.0"),
    (lambda: HalfNormal(1).log_density(-1.0), "tau must be zero or more; got -1.0"),
    (lambda: HalfCauchy(1).log_density(np.array([1.0, np.nan])), "tau must be zero or more; got nan at index 1"),
    (lambda: Gamma(2, 1).log_density([np.inf]), "tau must be at most 1e+145; got inf at index 0"),
    (lambda: Flat().log_density("1"), "tau must be numbers; got '1'"),
    (lambda: Flat().cdf(1.0), "the prior must be proper here; the mass of Flat is infinite"),
    (lambda: Power(1).sample(3, rng()), "the prior must be proper here; the mass of Power is infinite"),
    (lambda: exact.LogUniform(0.1).quantile(0.5), "the prior must be proper here; the mass of LogUniform is infinite"),
    # Normal hierarchy.
    (
        lambda: exact.normal_hierarchy([], 1.0),
        "y must be a list of one or more estimates, or rows of them; got shape (0,)",
    ),
    (
        lambda: exact.normal_hierarchy(np.ones((2, 2, 2)), 1.0),
        "y must be a list of one or more estimates, or rows of them; got shape (2, 2, 2)",
    ),
    (
        lambda: exact.normal_hierarchy([[1.0, 2.0, np.nan], [1.0, 2.0, 3.0]], 1.0),
        "y must be finite; got nan at index (0, 2)",
    ),
    (
        lambda: exact.normal_hierarchy([1.0, 2.0, 3.0], [1.0, 2.0]),
        "sigma must have one entry for each y, (3,), or be one number; got shape (2,)",
    ),
    (lambda: exact.normal_hierarchy([1.0, 2.0, 3.0], [1.0, 2.0, 0.0]), "sigma must be positive; got 0.0 at index 2"),
    (
        lambda: exact.normal_hierarchy([[1.0, 2.0, 3.0]], [[1.0, 2.0, -3.0]]),
        "sigma must be positive; got -3.0 at index (0, 2)",
    ),
    (lambda: exact.normal_hierarchy([0.0, 1e90, 3.0], 1e-90), "y / sigma must be at most 1e+100 in size; got 1e+180"),
    (
        lambda: exact.normal_hierarchy([1.0, 2.0], 1.0),
        "tau_prior Flat() needs 3 or more units with a Flat prior on mu, or the posterior has infinite mass",
    ),
    (
        lambda: exact.normal_hierarchy([1.0], 1.0, mu_prior=Normal(0, 1)),
        "tau_prior Flat() needs 2 or more units with a Normal prior on mu, or the posterior has infinite",
    ),
    (
        lambda: exact.normal_hierarchy([1.0, 2.0, 3.0], 1.0, Power(-1)),
        "tau_prior must have finite mass near tau = 0, where the likelihood is positive; got",
    ),
    (
        lambda: exact.normal_hierarchy([1.0, 2.0, 3.0], 1.0, Power(1)),
        "tau_prior Power(exponent=1) needs 4 or more units with a Flat prior on mu, or the posterior has",
    ),
    (
        lambda: exact.normal_hierarchy([1.0, 2.0, 3.0], 1.0, HalfCauchy),
        "tau_prior must be a prior of a positive quantity, such as exact.HalfNormal(1); got <class",
    ),
    (
        lambda: exact.normal_hierarchy([1.0, 2.0, 3.0], 1.0, 5.0),
        "tau_prior must be a prior of a positive quantity, such as exact.HalfNormal(1); got 5.0",
    ),
    (
        lambda: exact.normal_hierarchy([1.0, 2.0, 3.0], 1.0, Normal(0, 1)),
        "tau_prior must be a prior of a positive quantity, such as exact.HalfNormal(1); got Normal(mean=0,",
    ),
    (
        lambda: exact.normal_hierarchy([1.0, 2.0, 3.0], 1.0, None),
        "tau_prior must be a prior of a positive quantity, such as exact.HalfNormal(1); got None",
    ),
    (
        lambda: exact.normal_hierarchy([1.0, 2.0, 3.0], 1.0, exact.Beta(1, 1)),
        "tau_prior must be a prior of a positive quantity, such as exact.HalfNormal(1); got Beta(a=1, b=1)",
    ),
    (
        lambda: exact.normal_hierarchy([1.0, 2.0, 3.0], 1.0, mu_prior=HalfNormal(1)),
        "mu_prior must be exact.Flat() or an exact.Normal; got HalfNormal(scale=1)",
    ),
    (
        lambda: exact.normal_hierarchy([1.0, 2.0, 3.0], 1.0, mu_prior=Normal),
        "mu_prior must be exact.Flat() or an exact.Normal; got <class 'hbcourse.exact._priors._normal.Normal'>",
    ),
    (
        lambda: exact.normal_hierarchy([1.0, 2.0, 3.0], 1.0, mu_prior=0.0),
        "mu_prior must be exact.Flat() or an exact.Normal; got 0.0",
    ),
    (
        lambda: exact.normal_hierarchy([1.0, 2.0, 3.0], 1e-8, mu_prior=Normal(1e6, 1e-8), tau_prior=HalfNormal(1e-8)),
        "y and the priors must not contradict each other beyond double precision; got tau_prior",
    ),
    (lambda: schools().sample(0, rng()), "draws must be a whole number of 1 or more; got 0"),
    (lambda: schools().sample(10**400, rng()), "draws must be at most 1000000000; got a number of many digits"),
    (
        lambda: schools().sample(10, np.random),
        "rng must be a numpy.random.Generator, such as numpy.random.default_rng(1); got <module",
    ),
    (
        lambda: schools().theta.cdf([1.0, 2.0, 3.0]),
        "x must have a shape that fits that of the results, (4,); got shape (3,)",
    ),
    (lambda: schools().theta.quantile(0), "p must be between 0 and 1; got 0.0"),
    (lambda: schools().theta.pdf(np.nan), "x must be finite; got nan"),
    (lambda: schools().tau.cdf(np.nan), "x must be finite; got nan"),
    (lambda: schools().tau.pdf(np.inf), "x must be finite; got inf"),
    (lambda: schools().tau.quantile([0.1, 1.1]), "p must be between 0 and 1; got 1.1 at index 1"),
    (
        lambda: exact.normal_hierarchy(Y, SIGMA).log_evidence(),
        "mu_prior must be proper for the data to have a probability; got Flat()",
    ),
    (
        lambda: exact.normal_hierarchy([Y, Y], SIGMA).leave_one_out(),
        "y must be one data set, (J,), to leave units out; got shape (2, 4)",
    ),
    (
        lambda: exact.normal_hierarchy([1.0, 2.0, 3.0], 1.0).leave_one_out(),
        "tau_prior Flat() needs 3 or more units with a Flat prior on mu, or the posterior has infinite mass",
    ),
    # Student t.
    (lambda: exact.student_t_hierarchy(Y, SIGMA, 0.0), "df must be positive; got 0.0"),
    (
        lambda: exact.student_t_hierarchy(Y, SIGMA, 1e4),
        "df must be from 0.5 to 1000 (beyond, a normal population will do); got 10000.0",
    ),
    (lambda: exact.student_t_hierarchy(Y, SIGMA, [4.0, 5.0]), "df must be one number; got shape (2,)"),
    (
        lambda: exact.student_t_hierarchy([Y, Y], SIGMA, 4.0),
        "y must be a list of one or more estimates; got shape (2, 4)",
    ),
    (
        lambda: exact.student_t_hierarchy([1.0, 2.0], 1.0, 4.0),
        "tau_prior Flat() needs 3 or more units with a Flat prior on mu, or the posterior has infinite mass",
    ),
    (
        lambda: exact.student_t_hierarchy(Y, SIGMA, 4.0, tau_prior="flat"),
        "tau_prior must be a prior of a positive quantity, such as exact.HalfNormal(1); got 'flat'",
    ),
    # Counts.
    (lambda: exact.gamma_poisson([1.5, 2.0]), "x must be a whole number of 0 or more; got 1.5 at index 0"),
    (lambda: exact.gamma_poisson([-1, 2]), "x must be a whole number of 0 or more; got -1.0 at index 0"),
    (lambda: exact.gamma_poisson([True, False]), "x must be numbers; got [True, False]"),
    (
        lambda: exact.gamma_poisson([10**400, 2]),
        "x must be numbers; got [10000000000000000000000000000000000000000000000000000000...",
    ),
    (lambda: exact.gamma_poisson([1, 2], exposure=0.0), "exposure must be positive; got 0.0"),
    (
        lambda: exact.gamma_poisson([1, 2], exposure=[1.0, 2.0, 3.0]),
        "x and exposure must have shapes that fit together; got x (2,), exposure (3,)",
    ),
    (lambda: exact.gamma_poisson([[1, 2], [3, 4]]), "x must be a list of one or more counts; got shape (2, 2)"),
    (lambda: exact.gamma_poisson([]), "x must be a list of one or more counts; got shape (0,)"),
    (
        lambda: exact.gamma_poisson([0, 0, 0], 1.0, Flat(), Flat()),
        "beta_prior must be of smaller order than beta**-1 far out, with 0 events, or the posterior has infinite",
    ),
    (
        lambda: exact.gamma_poisson([1, 2], 1.0, Exponential(1), Power(-2)),
        "beta_prior must be of smaller order than beta**-1 near beta = 0, or the posterior has infinite mass",
    ),
    (
        lambda: exact.gamma_poisson([1, 2], 1.0, Flat(), Flat()),
        "alpha_prior and beta_prior must fall by powers that sum to more than 2 where alpha and beta are large",
    ),
    (
        lambda: exact.gamma_poisson([1, 2], 1.0, 1.0),
        "alpha_prior must be a prior of a positive quantity, such as exact.HalfNormal(1); got 1.0",
    ),
    (lambda: exact.gamma_poisson([10**15, 2]), "x must sum to at most 1e+12, the most that is exact here; got 1e+15"),
    (lambda: exact.beta_binomial([3, 2], [2, 2]), "y must be at most n, and n at least 1; got y = 3, n = 2 at index 0"),
    (lambda: exact.beta_binomial([0, 0], [0, 2]), "y must be at most n, and n at least 1; got y = 0, n = 0 at index 0"),
    (lambda: exact.beta_binomial([1, 2], [2.5, 3]), "n must be a whole number of 0 or more; got 2.5 at index 0"),
    (
        lambda: exact.beta_binomial([1, 2], 5, Flat()),
        "kappa_prior must fall faster than 1/kappa far out, where units are equal, or the posterior has infinite mass",
    ),
    (
        lambda: exact.beta_binomial([0, 0], 5, Power(-1.5)),
        "kappa_prior must be of smaller order than kappa**-1 near kappa = 0, with 0 units that have successes and",
    ),
    (
        lambda: exact.beta_binomial([1, 2], 5, mu_prior=Normal(0, 1)),
        "mu_prior must be an exact.Beta; got Normal(mean=0, sd=1)",
    ),
    (
        lambda: exact.beta_binomial([1, 2], 5, mu_prior=Gamma(1, 1)),
        "mu_prior must be an exact.Beta; got Gamma(shape=1, rate=1)",
    ),
    (
        lambda: exact.beta_binomial([1, 2], 5).theta.cdf([0.1, 0.2, 0.3]),
        "x must have a shape that fits that of the results, (2,); got shape (3,)",
    ),
    # Nested.
    (lambda: exact.nested_normal([1.0, 2.0]), "y must be of shape (groups, n) or (regions, sites, n); got shape (2,)"),
    (
        lambda: exact.nested_normal(np.ones((2, 2, 2, 2))),
        "y must be of shape (groups, n) or (regions, sites, n); got shape (2, 2, 2, 2)",
    ),
    (
        lambda: exact.nested_normal([[1.0, 1.0], [2.0, 2.0]]),
        "y must vary within groups: where all observations of each group are equal, the likelihood grows",
    ),
    (lambda: exact.nested_normal([[1.0, 2.0], [2.0, np.nan]]), "y must be finite; got nan at index (1, 1)"),
    (
        lambda: exact.nested_normal([[1.0, 2.0], [2.0]]),
        "y must be numbers in rows of one length; got [[1.0, 2.0], [2.0]]",
    ),
    (
        lambda: exact.nested_normal(PLOTS, (HalfNormal(1),) * 3, HalfNormal(1)),
        "tau_prior must be one prior, or 2 for the levels of groups; got 3",
    ),
    (
        lambda: exact.nested_normal(PLOTS, HalfNormal(1), "flat"),
        "sigma_prior must be a prior of a positive quantity, such as exact.HalfNormal(1); got 'flat'",
    ),
    (lambda: exact.variance_components(PLOTS, "anova"), "method must be one of reml, ml; got 'anova'"),
    # Two groups.
    (
        lambda: exact.two_groups([0.5, 4.0], pi0=0.9),
        "pi0 and slab must be given together, or be fitted together; got pi0=0.9, slab=None",
    ),
    (lambda: exact.two_groups([0.5, 4.0], pi0=1.2, slab=1.0), "pi0 must be from 0 to 1; got 1.2"),
    (lambda: exact.two_groups([0.5, 4.0], pi0=0.5, slab=0.0), "slab must be positive where pi0 is below 1; got 0.0"),
    (lambda: exact.two_groups([0.5, 4.0], pi0=0.5, slab=-1.0), "slab must be zero or more; got -1.0"),
    (
        lambda: exact.two_groups([0.5, 4.0], null="standard"),
        "null must be 'theoretical', 'empirical' or a Normal; got 'standard'",
    ),
    (lambda: exact.two_groups([0.5, 4.0], null=1.0), "null must be 'theoretical', 'empirical' or a Normal; got 1.0"),
    (lambda: exact.two_groups([0.5, np.nan]), "z must be finite; got nan at index 1"),
    (lambda: exact.two_groups([0.5, 4.0], sigma=0.0), "sigma must be positive; got 0.0"),
    (
        lambda: exact.two_groups([1.0] * 50, null="empirical"),
        "z must differ for an empirical null to be fitted; got half of z / sigma or more equal to 1",
    ),
    # Shrinkage.
    (lambda: exact.between_sd([1.0], 1.0), "y must have more units than coefficients, 1, to show a spread; got 1"),
    (
        lambda: exact.between_sd([1.0, 2.0, 3.0], 1.0, "mle"),
        "method must be one of dersimonian_laird, hedges, paule_mandel, ml, reml; got 'mle'",
    ),
    (
        lambda: exact.between_sd([1.0, 2.0, 3.0], 1.0, np.mean),
        "method must be one of dersimonian_laird, hedges, paule_mandel, ml, reml; got <function mean",
    ),
    (
        lambda: exact.between_sd([1.0, 2.0, 3.0], 1.0, covariates=[1.0, 1.0, 1.0]),
        "covariates must each say something that a constant and the others do not",
    ),
    (
        lambda: exact.between_sd([1.0, 2.0, 3.0], 1.0, covariates=[1.0, 2.0]),
        "covariates must have one row for each of the 3 units; got shape (2,)",
    ),
    (
        lambda: exact.between_sd([1.0, 2.0, 3.0], 1.0, covariates=[[1.0, 2.0], [0.0, 1.0], [1.0, 1.0]]),
        "y must have more units than coefficients, 3, to show a spread; got 3",
    ),
    (
        lambda: shrinkage.empirical_bayes([[1.0, 2.0]], 1.0),
        "y must be a list of one or more estimates; got shape (1, 2)",
    ),
    (lambda: shrinkage.observations_for_weight(1.0, 1.0, 1.0), "weight must be between 0 and 1; got 1.0"),
    (lambda: shrinkage.observations_for_weight(0.5, 0.0, 1.0), "tau must be positive; got 0.0"),
    (lambda: shrinkage.data_weight_of_mean(0, 1.0, 1.0), "n must be positive; got 0.0"),
    (lambda: shrinkage.mu_sd(1.0, [[2.0]]), "sigma must be a list of one or more standard errors; got shape (1, 1)"),
    (lambda: shrinkage.influence([1.0, 2.0], [1.0, 2.0]), "tau must be one number; got shape (2,)"),
    (
        lambda: shrinkage.empirical_logit([3, 5], [2, 10]),
        "y must be at most n, and n at least 1; got y = 3, n = 2 at index 0",
    ),
    (
        lambda: shrinkage.empirical_logit([0.5], [2]),
        "y must be a whole number of 0 or more; got 0.5 at index 0",
    ),
    (
        lambda: shrinkage.extremes([0.1, 0.9], [10.0], k=1),
        "values and size must be lists of the same length, at least k = 1; got (2,) and (1,)",
    ),
    (
        lambda: shrinkage.extremes([0.1, 0.9], [10.0, 20.0], k=3),
        "values and size must be lists of the same length, at least k = 3; got (2,) and (2,)",
    ),
    (
        lambda: shrinkage.rank_probabilities([1.0, 2.0]),
        "draws must have a row for each draw and a column for each unit; got shape (2,)",
    ),
    (
        lambda: shrinkage.simulate_counties(5, 1),
        "rng must be a numpy.random.Generator, such as numpy.random.default_rng(1); got 1",
    ),
    (
        lambda: shrinkage.interval_coverage(2.0, SIGMA, Flat(), 0, rng()),
        "repeats must be a whole number of 1 or more; got 0",
    ),
    (
        lambda: shrinkage.interval_coverage(2.0, [], Flat(), 5, rng()),
        "sigma must be a list of one or more standard errors; got shape (0,)",
    ),
    # James-stein.
    (lambda: james_stein.james_stein(Y, SIGMA, toward="median"), "toward must be a number or 'mean'; got 'median'"),
    (lambda: james_stein.james_stein(Y, SIGMA, toward=None), "toward must be numbers; got None"),
    (lambda: james_stein.james_stein(Y, SIGMA, positive_part="yes"), "positive_part must be True or False; got 'yes'"),
    (lambda: james_stein.james_stein(Y, SIGMA, positive_part=1), "positive_part must be True or False; got 1"),
    (lambda: james_stein.limited_translation(Y, SIGMA, -1.0), "limit must be zero or more; got -1.0"),
    (lambda: james_stein.risk(3, -1.0), "noncentrality must be zero or more; got -1.0"),
    (lambda: james_stein.risk(10**7, 1.0), "J must be at most 1000000; got 10000000"),
    (
        lambda: james_stein.hierarchy_risk(1, 1.0, HalfCauchy(1)),
        "J must be 2 or more, or the spread has no dimension; got 1",
    ),
    (
        lambda: james_stein.hierarchy_risk(4, 1.0, Normal(0, 1)),
        "tau_prior must be a prior of a positive quantity, such as exact.HalfNormal(1); got Normal(mean=0,",
    ),
    (lambda: james_stein.simulated_risk(0.5, Y, SIGMA, 10, rng()), "estimator must be a function; got 0.5"),
    (
        lambda: james_stein.simulated_risk(lambda y, sigma: y[:2], Y, SIGMA, 10, rng()),
        "estimator must return one number for each unit, (4,); got shape (2,)",
    ),
    (
        lambda: james_stein.simulated_risk(lambda y, sigma: y * np.nan, Y, SIGMA, 10, rng()),
        "the estimate must be finite; got nan at index 0",
    ),
    (
        lambda: james_stein.simulated_risk(lambda y, sigma: y, Y, SIGMA, 1, rng()),
        "repeats must be 2 or more, for a standard error; got 1",
    ),
    (lambda: james_stein.regret(0.0, 1.0, -1.0), "factor must be zero or more; got -1.0"),
    # Regularization.
    (
        lambda: regularization.ridge([1.0, 2.0], [1.0, 2.0], 1.0),
        "A must be a matrix with a row for each entry of y; got shape (2,)",
    ),
    (
        lambda: regularization.ridge(np.eye(2), [1.0, 2.0, 3.0], 1.0),
        "y must have one entry for each row of A, (2,); got shape (3,)",
    ),
    (
        lambda: regularization.ridge(np.zeros((2, 2)), [1.0, 2.0], 1.0),
        "A must have an entry other than zero, or the data say nothing about x",
    ),
    (lambda: regularization.ridge(np.eye(2), [1.0, 2.0], 0.0), "penalty must be positive; got 0.0"),
    (lambda: regularization.ridge(np.eye(2), [1.0, 2.0], []), "penalty must hold one number or more; got shape (0,)"),
    (
        lambda: regularization.ridge(np.eye(2), [0.0, 0.0], 1.0).curvature(),
        "the L-curve needs residuals and solutions that are not zero",
    ),
    (lambda: regularization.posterior(np.eye(2), [1.0, 2.0], 1.0, 0.0), "tau must be positive; got 0.0"),
    (
        lambda: exact.inverse_problem(np.eye(2), [1.0, 2.0], 1.0, Power(-1)),
        "tau_prior must have finite mass near tau = 0, where the likelihood is positive; got Power(exponent=-1)",
    ),
    (
        lambda: exact.inverse_problem(np.eye(2), [1.0, 2.0], 1.0, HalfNormal),
        "tau_prior must be a prior of a positive quantity, such as exact.HalfNormal(1); got <class",
    ),
    (lambda: regularization.blur(10**400), "n must be at most 2000; got a number of many digits"),
    (lambda: regularization.blur(8, 0.0), "width must be positive; got 0.0"),
    (lambda: regularization.blur(8).observe(-1.0, rng()), "sigma must be positive; got -1.0"),
    (
        lambda: regularization.compare_choices(None, 0.01, PENALTY, HalfNormal(1), 1, rng()),
        "problem must be of the kind InverseProblem; got None",
    ),
    # Exchangeability.
    (lambda: exchangeability.Urn(0, 1), "ones must be a whole number from 1 to 1000000000; got 0"),
    (lambda: exchangeability.Urn(1.0, 1), "ones must be a whole number from 1 to 1000000000; got 1.0"),
    (lambda: exchangeability.Urn(1, 1, -2), "added must be a whole number from -1 to 1000000000; got -2"),
    (lambda: exchangeability.Urn(1, 1, -1).count_pmf(3), "k must be a whole number from 1 to 2; got 3"),
    (lambda: exchangeability.Urn(1, 1).mixing(), "added must be 1 or more for the share of ones to be random; got 0"),
    (
        lambda: exchangeability.Urn(1, 1).log_probability([0, 2]),
        "x must be one or more zeros and ones; got array([0., 2.])",
    ),
    (
        lambda: exchangeability.Urn(1, 1).log_probability([]),
        "x must be one or more zeros and ones; got array([], dtype=float64)",
    ),
    (
        lambda: exchangeability.total_variation([0.5, 0.6], [0.5, 0.5]),
        "p must be a list that sums to 1; got shape (2,) and sum 1.1",
    ),
    (
        lambda: exchangeability.total_variation([0.5, 0.5], [1.0]),
        "q must have one entry for each of p, (2,); got shape (1,)",
    ),
    (
        lambda: exchangeability.is_exchangeable(log_normal, [1.0, 1.0], rng()),
        "x must hold two or more units that differ, or relabelling cannot matter; got array([1., 1.])",
    ),
    (
        lambda: exchangeability.is_exchangeable(np.square, [1.0, 2.0], rng()),
        "log_joint must give one number below infinity; got array([1., 4.])",
    ),
    (
        lambda: exchangeability.is_exchangeable(lambda x: np.nan, [1.0, 2.0], rng()),
        "log_joint must give one number below infinity; got array(nan)",
    ),
    (lambda: exchangeability.smallest_correlation(1), "N must be a whole number from 2 to 1000000000000000; got 1"),
    (lambda: exchangeability.two_point_population(0.0, 1.0, high=1.0), "high must be between 0 and 1; got 1.0"),
    (lambda: exchangeability.diaconis_freedman_bound(5, 4), "k must be a whole number from 1 to 4; got 5"),
    (
        lambda: exchangeability.divergence(1.0, exchangeability.normal_population(0, 1), 1.0),
        "truth must be of the kind Population; got 1.0",
    ),
    # Hierarchy.
    (
        lambda: hierarchy.log_joint([1.0, 2.0], 0.0, 0.0, [1.0, 2.0], 1.0, Flat(), Flat()),
        "tau must be positive; got 0.0",
    ),
    (
        lambda: hierarchy.log_joint([1.0], 0.0, 1.0, [1.0, 2.0], 1.0, Flat(), Flat()),
        "theta must have a value for each of the 2 units; got shape (1,)",
    ),
    (
        lambda: hierarchy.log_joint([1.0, 2.0], 0.0, 1.0, [1.0, 2.0], 1.0, HalfNormal, Flat()),
        "tau_prior must be a prior of a positive quantity, such as exact.HalfNormal(1); got <class",
    ),
    (
        lambda: hierarchy.log_joint([1.0, 2.0], 0.0, 1.0, [1.0, 2.0], 1.0, Flat(), None),
        "mu_prior must be exact.Flat() or an exact.Normal; got None",
    ),
    (
        lambda: hierarchy.covariance_parts(exact.normal_hierarchy([Y, Y], SIGMA)),
        "posterior must be what exact.normal_hierarchy makes of one data set; got",
    ),
    (
        lambda: hierarchy.covariance_parts("posterior"),
        "posterior must be what exact.normal_hierarchy makes of one data set; got 'posterior'",
    ),
    (
        lambda: hierarchy.gamma_poisson_rates([[1, 2]], 1.0, 1.0, 1.0),
        "x must be a list of one or more counts; got shape (1, 2)",
    ),
    (lambda: hierarchy.gamma_poisson_rates([1, 2], 1.0, 1.0, 0.0), "beta must be positive; got 0.0"),
    (lambda: hierarchy.predict_sibling([], 1.0, 1.0), "siblings must be a list of one or more values; got shape (0,)"),
    (lambda: hierarchy.sibling_variance(-1, 1.0, 1.0), "k must be a whole number of 0 or more; got -1.0"),
    (lambda: hierarchy.simulate_counts(1e30, 1.0, [1.0], rng()), "expected counts must be at most 1e+18; got 1e+30"),
    (
        lambda: hierarchy.simulate_normal([0.0, 1.0], [1.0, 2.0, 3.0], [1.0], rng()),
        "mu and tau must have shapes that fit together; got mu (2,), tau (3,)",
    ),
    (
        lambda: hierarchy.gamma_population([1.0, 2.0], [1.0, 2.0, 3.0]),
        "mean and sd must have shapes that fit together; got mean (2,), sd (3,)",
    ),
    # Overdispersion.
    (
        lambda: overdispersion.fano_factor([0, 0, 0]),
        "x must have an event in some trial, and at most 1e15 in each; got a maximum of 0",
    ),
    (lambda: overdispersion.fano_factor([3]), "x must be a list of two or more counts; got shape (1,)"),
    (lambda: overdispersion.fano_factor([1.5, 2.0]), "x must be a whole number of 0 or more; got 1.5 at index 0"),
    (
        lambda: overdispersion.fano_factor([1e16, 2.0]),
        "x must have an event in some trial, and at most 1e15 in each; got a maximum of 1e+16",
    ),
    (
        lambda: overdispersion.fano_bootstrap([3, 5], rng(), resamples=0),
        "resamples must be a whole number from 1 to 10000000; got 0",
    ),
    (lambda: overdispersion.NegativeBinomial(3.0, 0.0), "alpha must be positive; got 0.0"),
    (lambda: overdispersion.ZeroInflatedPoisson(3.0, 1.0), "silent must be below 1; got 1.0"),
    (lambda: overdispersion.LogNormalPoisson(1000.0, 1.0), "log_mean must be from -300 to 300; got 1000.0"),
    (lambda: overdispersion.Poisson(3.0).pmf(-1), "x must be a whole number of 0 or more; got -1.0"),
    (
        lambda: overdispersion.Poisson(3.0).sample(-1, rng()),
        "trials must be a whole number from 1 to 1000000000; got -1",
    ),
    (lambda: overdispersion.Poisson(1e30).sample(3, rng()), "expected counts must be at most 1e+18; got 1e+30"),
    (
        lambda: overdispersion.simulate_neuron(4.1, 1e-9, 5, rng()),
        "fano must be at least 0.0219512, or whole numbers cannot have this mean; got 1e-09",
    ),
    (
        lambda: overdispersion.rate_variances([[1, 2]]),
        "x must have two or more units as rows and trials as columns; got shape (1, 2)",
    ),
    (
        lambda: overdispersion.rate_variances([[0, 0], [0, 0]]),
        "x must have an event in some trial; got only zeros",
    ),
    # Uncertainty, discovery.
    (
        lambda: uncertainty.new_group_parts(pooling.no_pooling(Y, SIGMA)),
        "posterior must come from exact.normal_hierarchy; got Estimates(theta=array([28., 8., -3., 7.]),",
    ),
    (
        lambda: uncertainty.observed_group_parts(schools(), [1.0, 2.0]),
        "sigma must be one number or have one entry for each group, (4,); got (2,)",
    ),
    (lambda: uncertainty.balanced_parts(0, 1, 1.0, 1.0), "J must be 1 or more; got 0.0"),
    (
        lambda: uncertainty.balanced_parts([1, 2], [1, 2, 3], 1.0, 1.0),
        "J and n and m and tau and sigma must have shapes that fit together; got J (2,), n (3,), m (), tau",
    ),
    (
        lambda: uncertainty.plug_in_interval(pooling.no_pooling(Y, SIGMA)),
        "estimates must be Estimates with a finite tau; got Estimates(theta=array([28., 8., -3., 7.]),",
    ),
    (lambda: uncertainty.plug_in_interval(5.0), "estimates must be Estimates with a finite tau; got 5.0"),
    (lambda: discovery.false_positives(0), "J must be a whole number from 1 to 1000000000; got 0"),
    (lambda: discovery.false_positives(10, alpha=1.5), "alpha must be between 0 and 1; got 1.5"),
    (lambda: discovery.simulate(5, 1.5, 1.0, rng()), "pi0 must be from 0 to 1; got 1.5"),
    (lambda: discovery.simulate(5, 0.5, 1.0, rng(), null="normal"), "null must be a Normal; got 'normal'"),
    (lambda: discovery.em([1.0, 2.0], iterations=0), "iterations must be a whole number of 1 or more; got 0"),
    (lambda: discovery.benjamini_hochberg([1.0, 2.0], q=0.0), "q must be between 0 and 1; got 0.0"),
    (lambda: discovery.largest_set([0.5, 1.5], 0.1), "local_fdr must be from 0 to 1; got 1.5 at index 1"),
    (lambda: discovery.largest_set([], 0.1), "local_fdr must be a list of one or more probabilities; got shape (0,)"),
    (lambda: discovery.realised([1, 0], [0.0, 1.0]), "selected must be True or False for each unit; got [1, 0]"),
    (
        lambda: discovery.realised([True], [0.0, 1.0]),
        "selected and theta must be lists of the same length; got shapes (1,) and (2,)",
    ),
    (lambda: discovery.calibration([0.5], [1]), "happened must be True or False for each unit; got [1]"),
    (lambda: discovery.calibration([0.5], [True], bins=0), "bins must be a whole number from 1 to 1000; got 0"),
    (lambda: discovery.tweedie([1.0], log_density=None), "log_density must be a function of (J,) values; got None"),
    # Priors, nesting, workflow, parameterization.
    (lambda: priors.propriety(0, Flat()), "J must be a whole number of 1 or more; got 0"),
    (
        lambda: priors.propriety(3, Normal(0, 1)),
        "tau_prior must be a prior of a positive quantity, such as exact.HalfNormal(1); got Normal(mean=0,",
    ),
    (
        lambda: priors.propriety(3, Flat(), HalfNormal(1)),
        "mu_prior must be exact.Flat() or an exact.Normal; got HalfNormal(scale=1)",
    ),
    (lambda: priors.tail_mass(Flat()), "the prior must be proper here; the mass of Flat is infinite"),
    (lambda: priors.tail_mass(HalfNormal(1), 0.0), "multiple must be positive; got 0.0"),
    (lambda: priors.Jeffreys([1.0, 0.0]), "sigma must be positive; got 0.0 at index 1"),
    (
        lambda: priors.prior_predictive(Flat(), Normal(0, 1), [1.0], 5, rng()),
        "the prior must be proper here; the mass of Flat is infinite",
    ),
    (
        lambda: priors.sensitivity(Y, SIGMA, {"flat": Flat()}, unit=9),
        "unit must be a whole number from 0 to 3; got 9",
    ),
    (lambda: priors.in_other_units(Y, SIGMA, HalfCauchy(1), 0.0), "factor must be positive; got 0.0"),
    (lambda: priors.mass_below(1.0, Y, SIGMA, [0.0]), "cuts must be positive; got 0.0 at index 0"),
    (
        lambda: nesting.intraclass_correlation([], 1.0),
        "tau must be a list of one sd for each level of groups; got shape (0,)",
    ),
    (lambda: nesting.line_covariance([1.0, 1.0], 2.0), "correlation must be from -1 to 1; got 2.0"),
    (
        lambda: nesting.simulate((2, 2), 0.0, [1.0, 1.0], 1.0, rng()),
        "tau must have one sd for each level of groups, 1; got 2",
    ),
    (lambda: nesting.simulate(4, 0.0, [1.0], 1.0, rng()), "shape must be 2 or 3 whole numbers; got 4"),
    (
        lambda: nesting.influence((1, 2, 3), [1.0, 1.0], 1.0),
        "shape must have 2 or more regions, and sites in each, to compare; got (1, 2, 3)",
    ),
    (lambda: nesting.design(["a"], ["x", "y"]), "outer and inner must be of one length; got 1 and 2"),
    (lambda: nesting.design([1.5], ["x"]), "outer must be words or whole numbers; got 1.5 at index 0"),
    (lambda: nesting.anova([1.0, 2.0]), "y must be of shape (groups, n) or (regions, sites, n); got shape (2,)"),
    (
        lambda: nesting.no_pooling_lines([1.0, 2.0], [0, 0], ["a", "a"], 1.0),
        "x must take two or more values to determine a slope; got 0.0 alone",
    ),
    (lambda: workflow.share_outside([], 0.0, 1.0), "simulated must hold one value or more; got shape (0,)"),
    (lambda: workflow.share_outside([1.0], 1.0, 0.0), "low must be below high, 0.0; got 1.0"),
    (
        lambda: workflow.probability_outside(0.0, 1.0, 1.0, Flat(), Normal(0, 1)),
        "the prior must be proper here; the mass of Flat is infinite",
    ),
    (
        lambda: workflow.replicate_new_groups(exact.normal_hierarchy([Y, Y], SIGMA), 3, rng()),
        "posterior must be of one data set, (J,); got a batch, (2, 4)",
    ),
    (
        lambda: workflow.leave_one_group_out([1.0, 2.0], ["a", "a"], 1.0),
        "group must name 2 or more groups, to leave one out; got 1",
    ),
    (lambda: parameterization.choose_parameterization(-1.0, [1.0]), "tau must be zero or more; got -1.0"),
    (
        lambda: parameterization.target(Y, SIGMA, parameterization="middle"),
        "parameterization must be 'centered' or 'noncentered', or a list of these for each of 4 units; got",
    ),
    (
        lambda: parameterization.split_rhat([[1.0, 2.0]]),
        "chains must be of shape (chain, draw) with 4 or more draws; got shape (1, 2)",
    ),
    # Plots.
    (lambda: plots.forest(Y, [Y, Y], Y[:2], [Y, Y]), "theta must have the shape of y, (4,); got (2,)"),
    (lambda: plots.shrinkage(Y, SIGMA, None), "estimates must be of the kind Estimates; got None"),
    (
        lambda: plots.shrinkage(Y, SIGMA, pooling.no_pooling(Y, SIGMA), unit="schools"),
        "unit must be a list of labels, one for each unit; got 'schools'",
    ),
    (lambda: plots.funnel([1.0], [0.0]), "tau must be positive; got 0.0 at index 0"),
    (lambda: plots.funnel([1.0], [1.0], [2]), "diverging must be True or False for each unit; got [2]"),
    (lambda: plots.calibration([1.5], [0.5]), "predicted must be from 0 to 1; got 1.5 at index 0"),
    (lambda: plots.rank_histogram([1.5]), "share must be from 0 to 1; got 1.5 at index 0"),
    (
        lambda: plots.risk_curves([0.0, 1.0], [1.0, 2.0], "tau"),
        "risks must be a dictionary with a name for each line; got [1.0, 2.0]",
    ),
    (
        lambda: plots.risk_curves([0.0, 1.0], {"no": [1.0]}, "tau"),
        "risks['no'] must have the shape of x, (2,); got (1,)",
    ),
    (
        lambda: plots.prior([0.0, 1.0], {"flat": Flat}),
        "priors['flat'] must be a prior of a positive quantity, such as exact.HalfNormal(1); got <class",
    ),
    (lambda: plots.prior_predictive([1.0], 1.0, 0.0), "low must be below high, 0.0; got 1.0"),
    (lambda: plots.influence([[1.0, 2.0]]), "matrix must have as many rows as columns; got shape (1, 2)"),
    (lambda: plots.influence([[1.0]], ax=3), "ax must be the Axes of a figure; got 3"),
    # Models.
    (
        lambda: models.normal_hierarchy(Y, SIGMA, Power(-1)),
        "tau_prior must have finite mass near tau = 0, where the likelihood is positive; got",
    ),
    (
        lambda: models.normal_hierarchy(Y, SIGMA, parameterization="middle"),
        "parameterization must be 'centered' or 'noncentered', or a list of these for each of 4 units; got",
    ),
    (lambda: models.normal_hierarchy(Y, SIGMA, unit=["A"]), "unit must have one label for each y, 4; got 1"),
    (lambda: models.gamma_poisson([0, 1.5]), "x must be a whole number of 0 or more; got 1.5 at index 1"),
    (lambda: models.beta_binomial([3], [2]), "y must be at most n, and n at least 1; got y = 3, n = 2 at index 0"),
    (
        lambda: models.logit_normal([1, 2], 5, Flat(), Normal(0, 1)),
        "tau_prior must be proper, or the posterior may have infinite mass; got Flat()",
    ),
    (
        lambda: models.two_groups([1.0, 2.0], 1.0, HalfNormal(1), pi0_prior=0.9),
        "pi0_prior must be an exact.Beta; got 0.9",
    ),
    (
        lambda: models.inverse_problem(np.eye(2), [1.0], 1.0, HalfNormal(1)),
        "A must be a matrix with a row for each y, 1; got shape (2, 2)",
    ),
    # Variants.
    *(
        (
            lambda student=student: variants.draw(student, "pooling", key="2026"),
            f"student_id must be your own id, {rest}",
        )
        for student, rest in [
            (..., "in quotes; got Ellipsis"),
            ("", "in quotes; got ''"),
            (" Your ID here ", "in quotes; got ' Your ID here '"),
            ("…", "in quotes; got '…'"),
            (12345, "in quotes; got 12345"),
        ]
    ),
    (
        lambda: variants.draw("ada\nbo", "pooling", key="2026"),
        "student_id must be one line of text; got 'ada\\nbo'",
    ),
    (
        lambda: variants.draw("\ud800", "pooling", key="2026"),
        "student_id must be text that can be written as UTF-8; got '\\ud800'",
    ),
    (lambda: variants.draw("ada", "", key="2026"), "exercise must be one line of text; got ''"),
    (lambda: variants.draw("ada", "x\n", key="2026"), "exercise must be one line of text; got 'x\\n'"),
    (lambda: variants.draw("ada", "pooling", key=2026), "key must be one line of text; got 2026"),
    (
        lambda: variants.draw("ada", "pooling", key="2026", J=12),
        "J must be a range or a list of possible values; got 12",
    ),
    (
        lambda: variants.draw("ada", "pooling", key="2026", town="Oslo"),
        "town must be a range or a list of possible values; got 'Oslo'",
    ),
    (
        lambda: variants.draw("ada", "pooling", key="2026", J=range(8, 8)),
        "J must be a range or a list of possible values; got range(8, 8)",
    ),
    (
        lambda: variants.draw("ada", "pooling", key="2026", seed=range(2**64)),
        "seed must be a range of numbers below 2**62 in size; got range(0, 18446744073709551616)",
    ),
    (
        lambda: variants.draw("ada", "pooling", key="2026", tau=[0.5, np.float64(1.0)]),
        "tau must be one of some words or finite numbers; got np.float64(1.0)",
    ),
    (
        lambda: variants.draw("ada", "pooling", key="2026", tau=[0.5, np.nan]),
        "tau must be one of some words or finite numbers; got nan",
    ),
    (lambda: variants.numbers(2.0, 0.5, digits=1), "high must be at least low; got 2.0 and 0.5"),
    (
        lambda: variants.numbers(0.55, 2.0, digits=1),
        "low must have no more than the given digits after the point; got 0.55",
    ),
    (lambda: variants.numbers(0, 1, digits=-1), "digits must be a whole number from 0 to 9; got -1"),
    (lambda: variants.numbers(0, 1, digits=9), "low and high must be at most 1000000 steps apart; got 1000000000"),
]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    import matplotlib.pyplot as plt

    plt.close("all")


def test_each_public_function_is_called_here():
    missing = [path for path in REQUIRED if path not in FUNCTIONS and path.rsplit(".", 1)[0] not in OBJECTS]
    assert not missing, f"give each a good call in FUNCTIONS or OBJECTS: {missing}"


def test_no_good_call_is_of_something_gone():
    for path in FUNCTIONS:
        module, name = path.split(".")
        assert hasattr(importlib.import_module(f"hbcourse.{module}"), name), path


def frozen(value):
    """Numbers as an array that cannot be written to, which conversions to numbers need not copy."""
    if isinstance(value, list | np.ndarray) and np.asarray(value).dtype.kind == "f":
        value = np.asarray(value, dtype=float)
        value.flags.writeable = False
    return value


@pytest.mark.parametrize("path", REQUIRED)
def test_good_input_gives_numbers_and_is_left_as_it_was(path):
    call, arguments = good_call(path)
    if isinstance(getattr(call, "__self__", None), Improper) and path.rsplit(".", 1)[1] != "log_density":
        with pytest.raises(ValueError, match="the prior must be proper here; the mass of"):
            call(**arguments)
        return
    before = copy.deepcopy({name: value for name, value in arguments.items() if name != "rng"})
    assert not has_nan(look(call(**arguments)))
    assert {name: repr(value) for name, value in before.items()} == {name: repr(arguments[name]) for name in before}
    assert not has_nan(look(call(**{name: frozen(value) for name, value in good_call(path)[1].items()})))


@pytest.mark.parametrize("path", REQUIRED)
def test_poison_in_any_argument_gets_one_sentence_or_numbers(path):
    failures = {}
    for argument in good_call(path)[1]:
        for poison in POISONS:
            # A function of the user's may raise what it likes.
            if (path, argument, poison) not in TAKES_ANOTHER_CALL:
                failures[f"{argument} = {poison}"] = try_poison(path, argument, poison)
    assert not {where: problem for where, problem in failures.items() if problem}


@pytest.mark.parametrize(("call", "sentence"), BAD)
def test_bad_input_gets_the_sentence_that_names_it(call, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}") as caught:
        call()
    assert one_sentence(caught.value) is None
