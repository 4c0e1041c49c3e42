using ProviderAgent.Bidding.Tests.Support;

namespace ProviderAgent.Bidding.Tests;

public sealed class BiddingOptionsValidatorTests
{
    [Fact]
    public void Validate_Defaults_AreGood() => Assert.True(new BiddingOptionsValidator().Validate(null, new()).Succeeded);

    [Fact]
    public void Validate_EverythingWrong_NamesEveryKey()
    {
        var options = new BiddingOptions
        {
            Timeout = TimeSpan.FromSeconds(29),
            Deposit = new(0, Build.Uakt),
            MaxOpen = 0,
            SweepInterval = TimeSpan.FromSeconds(9),
            ReclamationWindow = TimeSpan.Zero,
            Evaluators = 65,
        };

        var failures = new BiddingOptionsValidator().Validate(null, options).Failures ?? [];

        foreach (var key in (string[])["timeout", "deposit", "max_open", "sweep_interval", "reclamation_window", "evaluators"])
            Assert.Single(failures, failure => failure.Contains($"bidding.{key}:", StringComparison.Ordinal));
        Assert.Equal(6, failures.Count());
    }

    [Fact]
    public void Validate_TimeoutZero_MeansNever() => Assert.True(new BiddingOptionsValidator().Validate(null, new() { Timeout = TimeSpan.Zero }).Succeeded);
}
