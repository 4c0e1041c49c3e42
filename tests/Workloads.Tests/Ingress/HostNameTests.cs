using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads.Tests.Ingress;

public sealed class HostNameTests
{
    [Fact]
    public void Label_EveryGoldenLease_IsTheReferences()
    {
        var seen = 0;
        foreach (var lease in Repository.VectorJson("gateway/naming.json")["leases"]!.AsArray())
        {
            foreach (var (service, label) in lease!["ingress_labels"]!.AsObject())
            {
                Assert.Equal(label!.GetValue<string>(), HostName.Label(LeaseId.Parse(lease["lease_id_string"]!.GetValue<string>()), service));
                seen++;
            }
        }

        Assert.True(seen >= 6, $"{seen} labels");
    }

    [Theory]
    [InlineData("a.example.com", true)]
    [InlineData("xn--bcher-kva.example", true)]
    [InlineData("localhost", true)]
    [InlineData("", false)]
    [InlineData("A.example.com", false)]
    [InlineData("a..b", false)]
    [InlineData(".a", false)]
    [InlineData("a.", false)]
    [InlineData("-a.b", false)]
    [InlineData("a-.b", false)]
    [InlineData("a_b.c", false)]
    [InlineData("a b", false)]
    [InlineData("a;b", false)]
    [InlineData("a{b", false)]
    [InlineData("a\nb", false)]
    [InlineData("*.example.com", false)]
    [InlineData("~^.*$", false)]
    [InlineData("$host", false)]
    [InlineData("bücher.example", false)]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234.example", false)]
    public void IsSafe_Name_TellsWhatCanBeWrittenIntoAConfiguration(string name, bool expected) => Assert.Equal(expected, HostName.IsSafe(name));

    [Fact]
    public void IsSafe_LongerThanTheDnsAllows_IsFalse()
    {
        var longest = string.Join('.', Enumerable.Repeat(new string('a', 49), 5)) + ".abc";

        Assert.Equal(253, longest.Length);
        Assert.True(HostName.IsSafe(longest));
        Assert.False(HostName.IsSafe(longest + "d"));
    }
}
