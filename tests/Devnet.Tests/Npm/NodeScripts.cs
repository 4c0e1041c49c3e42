namespace ProviderAgent.Devnet.Tests.Npm;

/// <summary>The scripts of this folder, and what they import.</summary>
internal static class NodeScripts
{
    public const string GrpcPackage = "@grpc/grpc-js@1.14.7";

    public static readonly string[] CosmPackages = ["@cosmjs/stargate@0.39.0", "@cosmjs/proto-signing@0.39.0", "@cosmjs/tendermint-rpc@0.39.0"];

    public const string ChainSdkPackage = "@akashnetwork/chain-sdk@1.0.0-alpha.25";

    public static string Read(string name) => File.ReadAllText(Path.Combine(Repository.Root, "tests", "Devnet.Tests", "Npm", name));
}
