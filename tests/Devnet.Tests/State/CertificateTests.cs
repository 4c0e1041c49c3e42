using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Devnet.Tests.Harness;
using WireCreate = ProviderAgent.Chain.Wire.Cert.MsgCreateCertificate;
using WireRevoke = ProviderAgent.Chain.Wire.Cert.MsgRevokeCertificate;

namespace ProviderAgent.Devnet.Tests.State;

public sealed class CertificateTests
{
    [Fact]
    public void CreateCertificate_Right_IsKeptUnderItsSerialWithoutEvent()
    {
        using var chain = new TestChain();

        var result = chain.Do(chain.Provider, Certificate(chain.Provider, serial: 1795329094718000));

        Assert.Empty(result.TypedEvents());
        var row = chain.State.Certificates.Find(new(chain.Provider.Address, "1795329094718000"))!;
        Assert.Equal(Wire.Cert.State.Valid, row.State);
    }

    [Theory]
    [InlineData("owner", "sdk", 7u)]
    [InlineData("key label", "cert", 7u)]
    [InlineData("key garbage", "cert", 7u)]
    [InlineData("key of rsa", "cert", 7u)]
    [InlineData("text behind the key", "cert", 7u)]
    [InlineData("certificate label", "cert", 6u)]
    [InlineData("certificate garbage", "undefined", 1u)]
    [InlineData("text behind the certificate", "cert", 6u)]
    [InlineData("another key", "cert", 6u)]
    [InlineData("another owner", "cert", 6u)]
    [InlineData("no address in the name", "cert", 6u)]
    public void CreateCertificate_Wrong_IsRefusedByTheMempool(string what, string codespace, uint code)
    {
        using var chain = new TestChain();
        var message = Certificate(chain.Provider);
        switch (what)
        {
            case "owner": message.Owner = "somebody"; break;
            case "key label": message.Pubkey = Pem("PUBLIC KEY", Der(message.Pubkey)); break;
            case "key garbage": message.Pubkey = Pem("EC PUBLIC KEY", [1, 2, 3]); break;
            case "key of rsa":
                using (var rsa = RSA.Create(2048)) message.Pubkey = Pem("EC PUBLIC KEY", rsa.ExportSubjectPublicKeyInfo());
                break;
            case "text behind the key": message.Pubkey = ByteString.CopyFromUtf8(message.Pubkey.ToStringUtf8() + "\nmore"); break;
            case "certificate label": message.Cert = Pem("X509 CERTIFICATE", Der(message.Cert)); break;
            case "certificate garbage": message.Cert = Pem("CERTIFICATE", [1, 2, 3]); break;
            case "text behind the certificate": message.Cert = ByteString.CopyFromUtf8(message.Cert.ToStringUtf8() + "\nmore"); break;
            case "another key": message.Pubkey = Certificate(chain.Provider).Pubkey; break;
            case "another owner":
                message = Certificate(chain.Rival);
                message.Owner = chain.Provider.Address.Value;
                break;
            case "no address in the name": message = Certificate(chain.Provider, name: "example.com"); break;
            default: Assert.Fail(what); break;
        }

        var signer = what == "owner" ? chain.Tenant : chain.Provider;
        chain.Submit(signer, message).Result().Is(codespace, code);
    }

    [Fact]
    public void RevokeCertificate_OnceAndForever()
    {
        using var chain = new TestChain();
        var certificate = Certificate(chain.Provider, serial: 77);
        var revoke = new WireRevoke { Id = new() { Owner = chain.Provider.Address.Value, Serial = "77" } };
        chain.Send(chain.Provider, revoke).Is("cert", 1);
        chain.Do(chain.Provider, certificate);
        chain.Send(chain.Provider, certificate).Is("cert", 3);

        chain.Do(chain.Provider, revoke);

        Assert.Equal(Wire.Cert.State.Revoked, chain.State.Certificates.Find(new CertificateId(chain.Provider.Address, "77"))!.State);
        chain.Send(chain.Provider, revoke).Is("cert", 4);
        chain.Send(chain.Provider, certificate).Is("cert", 3);
        chain.Submit(chain.Provider, new WireRevoke { Id = new() { Owner = chain.Provider.Address.Value, Serial = "0x4d" } }).Result().Is("cert", 5);
    }

    private static WireCreate Certificate(ChainKey owner, long serial = 42, string? name = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedName($"CN={name ?? owner.Address.Value}");
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        using var certificate = request.Create(
            subject, X509SignatureGenerator.CreateForECDsa(key), TestChain.Start, TestChain.Start.AddYears(1), [.. BitConverter.GetBytes(serial).Reverse().SkipWhile(part => part == 0)]);
        return new()
        {
            Owner = owner.Address.Value,
            Cert = Pem("CERTIFICATE", certificate.RawData),
            Pubkey = Pem("EC PUBLIC KEY", key.ExportSubjectPublicKeyInfo()),
        };
    }

    private static ByteString Pem(string label, byte[] der) => ByteString.CopyFromUtf8(PemEncoding.WriteString(label, der) + "\n");

    private static byte[] Der(ByteString pem)
    {
        var text = pem.ToStringUtf8();
        return Convert.FromBase64String(text[PemEncoding.Find(text).Base64Data]);
    }
}
