using ProviderAgent.Gateway.Tests.Fakes;
using ProviderAgent.Manifests.Tests;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway.Tests.Uploads;

/// <summary>Puts deployments of the golden cases on the market and leases them here.</summary>
internal static class TestDeployment
{
    public const ulong Dseq = 1234;

    public static DeploymentId Id { get; } = new(Tokens.Owner, Dseq);

    public static ValidationCase Case(string name) => ValidationCase.All.Single(one => one.Name == name);

    /// <summary>Every group leased here, except where <paramref name="gseqs"/> names some.</summary>
    public static void Put(GatewayHarness gateway, ValidationCase one, ManifestHash? announced = null, params uint[] gseqs)
    {
        var groups = one.Groups.Select((spec, i) => new DeploymentGroup(new(Tokens.Owner, Dseq, (uint)i + 1), GroupState.Open, spec)).ToValueList();
        gateway.Market.Deployments[Id] = new(Id, true, announced ?? one.Announced, groups, new(EscrowState.Open, [], new(1)));
        gateway.Directory.Running[Id] = [.. groups.Select(group => group.Id.Gseq).Where(gseq => gseqs.Length == 0 || gseqs.Contains(gseq)).Select(Lease)];
    }

    public static LeaseId Lease(uint gseq) => new(new(Tokens.Owner, Dseq, gseq, 1), Tokens.Provider);

    public static Task<HttpResponseMessage> SendAsync(GatewayHarness gateway, byte[] body, ulong dseq = Dseq) =>
        gateway.SendAsync("PUT", $"/deployment/{dseq}/manifest", content: new ByteArrayContent(body));
}
