namespace ProviderAgent.Bidding.Tests.Pricing;

public sealed class PricingOptionsValidatorTests
{
    [Fact]
    public void Validate_Defaults_AreGood() => Assert.True(new PricingOptionsValidator().Validate(null, new()).Succeeded);

    [Fact]
    public void Validate_EverythingWrong_NamesEveryKey()
    {
        var options = new PricingOptions
        {
            Policy = (PricingPolicyKind)9,
            Currency = "eur",
            Rates = new() { Cpu = -1, Memory = 2_000_000_000, Endpoint = -0.1m, Ip = 0.0000000000000000001m, Storage = new() { ["ram"] = -1 }, Gpu = new() { ["h100..sxm"] = -1 } },
        };

        var failures = new PricingOptionsValidator().Validate(null, options).Failures ?? [];

        foreach (var key in (string[])["policy", "currency", "rates.cpu", "rates.memory", "rates.endpoint", "rates.ip", "rates.storage.ram", "rates.gpu.h100..sxm"])
            Assert.Contains(failures, failure => failure.Contains($"pricing.{key}:", StringComparison.Ordinal));
        Assert.Equal(9, failures.Count()); // the GPU is wrong in key and price
    }

    [Fact]
    public void Validate_AllZero_IsRefused()
    {
        var options = new PricingOptions { Rates = new() { Cpu = 0, Memory = 0, Endpoint = 0, Ip = 0, Storage = new() { ["ephemeral"] = 0 } } };

        Assert.Contains("must not all be 0", Assert.Single(new PricingOptionsValidator().Validate(null, options).Failures ?? []), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("h100", true)]
    [InlineData("h100.80Gi", true)]
    [InlineData("h100.80Gi.sxm", true)]
    [InlineData("*", true)]
    [InlineData("", false)]
    [InlineData("h100.", false)]
    [InlineData("h100.*", false)]
    [InlineData("a.b.c.d", false)]
    public void IsKey_Text_FollowsTheForm(string key, bool good) => Assert.Equal(good, GpuKey.IsKey(key));
}
