// The parts of init that read input, compiled for the host.

#include <cstring>
#include <memory>
#include <string>

#include <arpa/inet.h>

#include <gtest/gtest.h>

extern "C" {
#include "command_line.h"
#include "dhcp.h"
#include "kernel_log.h"
#include "program_file.h"
#include "settings.h"
#include "text.h"
}

namespace {

using std::string_literals::operator""s;

// A copy of exactly the input's size on the heap, so that a sanitizer sees every byte read beyond it.
std::string described(const std::string& bytes) {
  std::unique_ptr<char[]> copy(new char[bytes.size()]);
  std::memcpy(copy.get(), bytes.data(), bytes.size());
  auto program = std::make_unique<struct program>();
  if (const char* problem = parse_program(copy.get(), bytes.size(), program.get())) return problem;
  std::string text = "in "s + program->directory + " run " + program->executable + ":";
  for (char** one = program->argv; *one; ++one) text += " ["s + *one + "]";
  text += " with";
  for (char** one = program->envp; *one; ++one) text += " ["s + *one + "]";
  return text;
}

const std::string kProgram = "faasc-program 1\0/srv\0/bin/app\0002\0app\0two words\0001\0A=1\0"s;

TEST(ProgramFile, ReadsWhatToRun) {
  EXPECT_EQ(described(kProgram), "in /srv run /bin/app: [app] [two words] with [A=1]");
  EXPECT_EQ(described("faasc-program 1\0/\0/a\0001\0\0000\0"s), "in / run /a: [] with");
}

TEST(ProgramFile, RefusesEveryTruncation) {
  for (std::size_t n = 0; n < kProgram.size(); ++n) {
    std::string result = described(kProgram.substr(0, n));
    EXPECT_TRUE(result == "it ends too soon" ||
                (n < 16 && result == "it does not begin with 'faasc-program 1'"))
        << n << ": " << result;
  }
}

TEST(ProgramFile, RefusesWhatCannotBe) {
  EXPECT_EQ(described("faasc-program 2\0/\0/a\0001\0a\0000\0"s), "it does not begin with 'faasc-program 1'");
  EXPECT_EQ(described("faasc-program 1\0srv\0/a\0001\0a\0000\0"s), "it has a path that is not absolute");
  EXPECT_EQ(described("faasc-program 1\0/\0a\0001\0a\0000\0"s), "it has a path that is not absolute");
  EXPECT_EQ(described("faasc-program 1\0/\0/a\0000\0000\0"s), "it has no arguments");
  EXPECT_EQ(described("faasc-program 1\0/\0/a\0002049\0a\0000\0"s), "it has a count that cannot be");
  EXPECT_EQ(described("faasc-program 1\0/\0/a\000-1\0a\0000\0"s), "it has a count that cannot be");
  EXPECT_EQ(described("faasc-program 1\0/\0/a\000x\0a\0000\0"s), "it has a count that cannot be");
  EXPECT_EQ(described("faasc-program 1\0/\0/a\00099999999999999999999999\0a\0000\0"s),
            "it has a count that cannot be");
  EXPECT_EQ(described(kProgram + "x"), "something follows its end");
}

TEST(ProgramFile, TakesAsManyStringsAsItSays) {
  std::string bytes = "faasc-program 1\0/\0/a\0002048\0"s;
  for (int i = 0; i < 2048; ++i) bytes += "x\0"s;
  bytes += "0\0"s;
  EXPECT_EQ(described(bytes).size(), std::strlen("in / run /a:") + 2048 * 4 + std::strlen(" with"));
}

std::string described_settings(const std::string& bytes) {
  std::unique_ptr<char[]> copy(new char[bytes.size()]);
  std::memcpy(copy.get(), bytes.data(), bytes.size());
  auto settings = std::make_unique<struct settings>();
  if (const char* problem = parse_settings(copy.get(), bytes.size(), settings.get())) return problem;
  std::string text = "<"s + settings->options + ">";
  for (char** one = settings->variables; *one; ++one) text += " ["s + *one + "]";
  for (unsigned i = 0; i < settings->mount_count; ++i) {
    const mount_point& mount = settings->mounts[i];
    text += (mount.share ? " share " : " volume ") + std::string(mount.name) + " at " + mount.directory +
            (mount.read_only ? ", ro" : "");
  }
  return text;
}

const std::string kSettings =
    "faasc-settings 1\0faasc.gw=off\0002\0A=1\0B=\0002\0share\0src\0/src\0ro\0volume\0data\0/data\0rw\0"s;

TEST(Settings, SayWhatIsDifferent) {
  const char* all = "<faasc.gw=off> [A=1] [B=] share src at /src, ro volume data at /data";
  EXPECT_EQ(described_settings(kSettings), all);
  EXPECT_EQ(described_settings(kSettings + std::string(400, '\0')), all);  // a disk has whole sectors
  EXPECT_EQ(described_settings("faasc-settings 1\0\0000\0000\0"s), "<>");
}

TEST(Settings, RefuseEveryTruncation) {
  for (std::size_t n = 0; n < kSettings.size(); ++n) {
    std::string result = described_settings(kSettings.substr(0, n));
    EXPECT_TRUE(result == "it ends too soon" ||
                (n < 17 && result == "it does not begin with 'faasc-settings 1'"))
        << n << ": " << result;
  }
}

TEST(Settings, RefuseWhatCannotBe) {
  const std::pair<std::string, const char*> kCases[] = {
      {"faasc-settings 2\0\0000\0000\0"s, "it does not begin with 'faasc-settings 1'"},
      {"faasc-settings 1\0\0009999\0"s, "it has a count that cannot be"},
      {"faasc-settings 1\0\0000\00033\0"s, "it has a count that cannot be"},
      {"faasc-settings 1\0\0000\0001\0disk\0a\0/a\0rw\0"s, "it has a mount of an unknown kind"},
      {"faasc-settings 1\0\0000\0001\0share\0a\0/a\0wo\0"s, "it has a mount of an unknown kind"},
      {"faasc-settings 1\0\0000\0001\0share\0a\0a\0rw\0"s, "it has a path that is not absolute"},
      {kSettings + "x", "something follows its end"},
  };
  for (const auto& [bytes, problem] : kCases) EXPECT_EQ(described_settings(bytes), problem) << bytes;
}

TEST(Settings, VariablesTakeThePlaceOfThoseThere) {
  char a[] = "A=1", aa[] = "AA=2", a2[] = "A=", b[] = "B=3";
  auto program = std::make_unique<struct program>();
  program->envp[0] = a;
  program->envp[1] = aa;
  char* more[] = {b, a2, nullptr};
  ASSERT_TRUE(add_variables(more, program.get()));
  EXPECT_STREQ(program->envp[0], "A=");
  EXPECT_STREQ(program->envp[1], "AA=2");
  EXPECT_STREQ(program->envp[2], "B=3");
  EXPECT_EQ(program->envp[3], nullptr);
}

TEST(Settings, AreRefusedWhereTheVariablesHaveNoRoom) {
  auto program = std::make_unique<struct program>();
  char x[] = "X=1", y[] = "Y=1";
  for (int i = 0; i < FAASC_PROGRAM_MAX_STRINGS; ++i) program->envp[i] = x;
  char* more[] = {y, nullptr};
  EXPECT_FALSE(add_variables(more, program.get()));
  char* same[] = {x, nullptr};
  EXPECT_TRUE(add_variables(same, program.get()));
}

struct Parsed {
  options values{};
  std::string complaint;
};
Parsed parsed(const char* line) {
  Parsed result;
  char complaint[24];
  parse_command_line(line, &result.values, complaint, sizeof complaint);
  result.complaint = complaint;
  return result;
}

std::string described(const struct options& o) {
  return std::string(o.root) + " " + std::to_string(o.writable) + std::to_string(o.has_network) +
         std::to_string(o.has_gateway) + std::to_string(o.has_dns) + " " + std::to_string(o.network.address) +
         "/" + std::to_string(o.network.netmask) + " " + std::to_string(o.gateway) + " " + o.dns + " " +
         o.hostname + " " + std::to_string(o.exit_port) + " " + std::to_string(o.grace_seconds);
}

TEST(KernelLog, SaysWhyTheProgramEnded) {
  auto words = [](std::string log) -> std::string {
    std::unique_ptr<char[]> copy(new char[log.size() + 1]);
    std::memcpy(copy.get(), log.data(), log.size());
    const char* found = words_about_the_end(copy.get(), log.size());
    return found ? found : "nothing";
  };
  EXPECT_EQ(words(""), "nothing");
  EXPECT_EQ(words("\n\n<6>[    1.2] eth0: link becomes ready\n"), "nothing");
  const std::string segfault =
      "<6>[    2.5] f[95]: segfault at 10 ip 401c6b sp 7ffd error 6 in f[400000+1000]";
  EXPECT_EQ(words("<5>[    0.1] Linux\n" + segfault + "\n<6>[    2.6] Code: 00\n"), segfault.substr(13));
  EXPECT_EQ(words(segfault), segfault.substr(13)) << "without the end of the line";
  EXPECT_EQ(words(segfault + "\n" + segfault + " again\n<3>[    3.1] Out of memory: Killed process 95 (f)\n"),
            segfault.substr(13) + " again");
  EXPECT_EQ(words("cut off: segfault at 0\n"), "cut off: segfault at 0");
}

TEST(CommandLine, Defaults) {
  Parsed p = parsed("console=ttyS0 quiet panic=-1\n");
  EXPECT_EQ(p.complaint, "");
  EXPECT_FALSE(p.values.writable);
  EXPECT_STREQ(p.values.root, "");
  EXPECT_TRUE(p.values.has_network && p.values.has_gateway && p.values.has_dns);
  EXPECT_EQ(p.values.network.address, inet_addr("10.0.2.15"));
  EXPECT_EQ(p.values.network.netmask, inet_addr("255.255.255.0"));
  EXPECT_EQ(p.values.gateway, inet_addr("10.0.2.2"));
  EXPECT_STREQ(p.values.dns, "10.0.2.3");
  EXPECT_STREQ(p.values.hostname, "faasc");
  EXPECT_EQ(p.values.exit_port, 0u);
  EXPECT_EQ(p.values.grace_seconds, 10u);
}

TEST(CommandLine, ReadsEveryOption) {
  Parsed p = parsed(
      "quiet rw faasc.root=/dev/vdb faasc.ip=192.168.7.9/30 faasc.gw=192.168.7.10\tfaasc.dns=9.9.9.9 "
      "faasc.hostname=orders faasc.exit_port=0xf4 faasc.grace=25 faasc.room=2048");
  EXPECT_EQ(p.complaint, "");
  EXPECT_TRUE(p.values.writable);
  EXPECT_STREQ(p.values.root, "/dev/vdb");
  EXPECT_EQ(p.values.network.address, inet_addr("192.168.7.9"));
  EXPECT_EQ(p.values.network.netmask, inet_addr("255.255.255.252"));
  EXPECT_EQ(p.values.gateway, inet_addr("192.168.7.10"));
  EXPECT_STREQ(p.values.dns, "9.9.9.9");
  EXPECT_STREQ(p.values.hostname, "orders");
  EXPECT_EQ(p.values.exit_port, 0xf4u);
  EXPECT_EQ(p.values.grace_seconds, 25u);
  EXPECT_EQ(p.values.room_kib, 2048u);
  p = parsed("rw ro faasc.ip=off faasc.gw=off faasc.dns=off");
  EXPECT_EQ(p.complaint, "");
  EXPECT_FALSE(p.values.writable || p.values.has_network || p.values.has_gateway || p.values.has_dns);
}

TEST(CommandLine, ReadsWhatVmmsTellTheKernel) {
  Parsed p = parsed(
      "panic=-1 console=ttyS0 root=/dev/vda rw ip=10.4.0.9::10.4.0.1:255.255.255.0:urunc:eth0:off init=/init "
      "-- "
      "faasc.grace=3");
  EXPECT_EQ(p.complaint, "");
  EXPECT_TRUE(p.values.writable && p.values.has_network && p.values.has_gateway);
  EXPECT_FALSE(p.values.has_dns);
  EXPECT_EQ(p.values.network.address, inet_addr("10.4.0.9"));
  EXPECT_EQ(p.values.network.netmask, inet_addr("255.255.255.0"));
  EXPECT_EQ(p.values.gateway, inet_addr("10.4.0.1"));
  EXPECT_STREQ(p.values.hostname, "urunc");
  EXPECT_EQ(p.values.grace_seconds, 3u);
  p = parsed("ip=10.4.0.9:::255.255.0.0::::9.9.9.9");
  EXPECT_EQ(p.complaint, "");
  EXPECT_FALSE(p.values.has_gateway);
  EXPECT_STREQ(p.values.dns, "9.9.9.9");
  EXPECT_STREQ(p.values.hostname, "faasc");
  for (const char* other : {"ip=dhcp", "ip=", "ip", "ip=off", "i:p"}) {
    EXPECT_EQ(parsed(other).complaint, "") << other;
    EXPECT_EQ(described(parsed(other).values), described(parsed("").values)) << other;
  }
}

TEST(CommandLine, AddressesOfIpv6AreReadAsTheLibraryReadsThem) {
  for (const char* text : {"::",
                           "::1",
                           "1::",
                           "fd00::2",
                           "fe80::5054:ff:fe12:3456",
                           "1:2:3:4:5:6:7:8",
                           "1:2:3:4:5:6:7::",
                           "::2:3:4:5:6:7:8",
                           "2001:DB8::A",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1::2::3",
                           ":1",
                           "1:",
                           "12345::",
                           "g::",
                           "",
                           ":",
                           ":::",
                           "1:2:3:4:5:6:7:8::"}) {
    SCOPED_TRACE(text);
    unsigned char expected[16] = {};
    const bool good = inet_pton(AF_INET6, text, expected) == 1;
    ipv6_network network{};
    const std::string with_prefix = std::string(text) + "/64";
    EXPECT_EQ(parse_ipv6_network(with_prefix.data(), with_prefix.size(), &network), good);
    if (!good) continue;
    EXPECT_EQ(std::memcmp(network.address, expected, 16), 0);
    EXPECT_EQ(network.prefix, 64u);
  }
  Parsed p = parsed("faasc.ip6=fd00::2/129 faasc.grace=1");
  EXPECT_EQ(p.complaint, "faasc.ip6=fd00::2/129");
  EXPECT_FALSE(p.values.has_network6);
  EXPECT_TRUE(parsed("faasc.ip6=fd00::2/64").values.has_network6);
}

TEST(CommandLine, ComplainsAndKeepsTheDefault) {
  for (const char* bad :
       {"faasc.ip=10.0.2.15", "faasc.ip=10.0.2.15/33", "faasc.ip=", "faasc.ip", "faasc.gw=10.0.2",
        "faasc.gw=10.0.2.2.", "faasc.gw=10.0.2.256", "faasc.gw=0x1.0.0.1", "faasc.dns=dns", "faasc.root=vda",
        "faasc.grace=-1", "ip=10.0.2.15:::", "ip=:::255.0.0.0", "ip=10.0.2.15::x:255.0.0.0",
        "faasc.exit_port=0x10000", "faasc.colour=red", "faasc.", "faasc.grace="}) {
    Parsed p = parsed(bad);
    EXPECT_EQ(p.complaint, std::string(bad).substr(0, 23));
    EXPECT_EQ(described(p.values), described(parsed("").values)) << bad;
  }
  EXPECT_EQ(parsed(("faasc.hostname=" + std::string(65, 'h')).c_str()).complaint, "faasc.hostname=hhhhhhhh");
}

TEST(Text, Numbers) {
  unsigned long value = 7;
  EXPECT_TRUE(text_number("0x1F", 4, 31, &value));
  EXPECT_EQ(value, 31u);
  for (const char* bad : {"", "0x", "1f", "32", " 1", "18446744073709551616"})
    EXPECT_FALSE(text_number(bad, std::strlen(bad), 31, &value));
  EXPECT_TRUE(text_number("18446744073709551615", 20, ~0ul, &value));
  char digits[21];
  text_decimal(value, digits);
  EXPECT_STREQ(digits, "18446744073709551615");
  text_decimal(0, digits);
  EXPECT_STREQ(digits, "0");
  char small[4] = "a";
  EXPECT_FALSE(text_append(small, sizeof small, "bcd"));
  EXPECT_STREQ(small, "abc");
}

// What a server answers.
struct DhcpAnswer {
  std::string bytes = std::string(236, '\0') + "\x63\x82\x53\x63";
  explicit DhcpAnswer(const dhcp_client& client, const std::string& options) {
    bytes[0] = 2;
    std::memcpy(&bytes[4], &client.transaction, 4);
    std::memcpy(&bytes[16], "\x0a\x00\x02\x0f", 4);
    std::memcpy(&bytes[28], client.hardware, 6);
    bytes += options;
  }
};

const dhcp_client kClient = {{0x52, 0x54, 0, 0x12, 0x34, 0x56}, 0xdeadbeef, "shop"};

std::string described(const std::string& bytes, const dhcp_client& client) {
  std::unique_ptr<char[]> copy(new char[bytes.size()]);
  std::memcpy(copy.get(), bytes.data(), bytes.size());
  dhcp_lease lease{};
  auto type = dhcp_read(&client, reinterpret_cast<const uint8_t*>(copy.get()), bytes.size(), &lease);
  auto text = [](uint32_t address) {
    char out[INET_ADDRSTRLEN];
    return std::string(inet_ntop(AF_INET, &address, out, sizeof out));
  };
  return std::to_string(type) + " " + text(lease.address) + " " + text(lease.netmask) + " gw " +
         text(lease.gateway) + " dns " + text(lease.dns) + " server " + text(lease.server) + " " +
         std::to_string(lease.seconds) + " s, " + std::to_string(lease.renew_seconds);
}
constexpr const char* kNone = "0 0.0.0.0 0.0.0.0 gw 0.0.0.0 dns 0.0.0.0 server 0.0.0.0 0 s, 0";

TEST(Dhcp, AsksAsServersExpect) {
  uint8_t sent[DHCP_SENT_BYTES];
  dhcp_write(&kClient, nullptr, false, sent);
  auto options = [&] { return std::string(reinterpret_cast<char*>(sent + 240), 60); };
  EXPECT_EQ(std::string(reinterpret_cast<char*>(sent), 12),
            std::string("\x01\x01\x06\0\xef\xbe\xad\xde\0\0\x80\0", 12));
  EXPECT_EQ(std::memcmp(sent + 28, kClient.hardware, 6), 0);
  EXPECT_EQ(options().substr(0, 23),
            "\x35\x01\x01\x39\x02\x05\xdc\x37\x05\x01\x03\x06\x33\x3a\x0c\x04shop\xff\0\0"s.substr(0, 23));

  dhcp_lease lease{.address = inet_addr("10.0.2.15"), .server = inet_addr("10.0.2.2")};
  dhcp_write(&kClient, &lease, false, sent);
  EXPECT_NE(options().find("\x35\x01\x03"s), std::string::npos);
  EXPECT_NE(options().find("\x32\x04\x0a\0\x02\x0f\x36\x04\x0a\0\x02\x02"s), std::string::npos);

  dhcp_write(&kClient, &lease, true, sent);
  EXPECT_EQ(std::string(reinterpret_cast<char*>(sent + 10), 6), "\0\0\x0a\0\x02\x0f"s) << "sent to us alone";
  EXPECT_EQ(options().find("\x32\x04"s), std::string::npos);
}

TEST(Dhcp, ReadsWhatIsOffered) {
  const std::string all =
      "\x35\x01\x05\0\0\x01\x04\xff\xff\xff\0\x03\x08\x0a\0\x02\x02\x0a\0\x02\x01\x06\x04\x0a\0\x02\x03"
      "\x33\x04\0\x01\x51\x80\x36\x04\x0a\0\x02\x02\xff\x33\x04zzzz"s;
  EXPECT_EQ(described(DhcpAnswer(kClient, all).bytes, kClient),
            "5 10.0.2.15 255.255.255.0 gw 10.0.2.2 dns 10.0.2.3 server 10.0.2.2 86400 s, 43200");
  EXPECT_EQ(described(DhcpAnswer(kClient, "\x35\x01\x02"s).bytes, kClient),
            "2 10.0.2.15 255.0.0.0 gw 0.0.0.0 dns 0.0.0.0 server 0.0.0.0 4294967295 s, 2147483647")
      << "the mask of its class, for ever";
  EXPECT_EQ(described(DhcpAnswer(kClient, "\x35\x01\x06"s).bytes, kClient).substr(0, 2), "6 ");
}

TEST(Dhcp, IgnoresWhatIsNotForItOrDamaged) {
  std::string good = DhcpAnswer(kClient, "\x35\x01\x02\x01\x04\xff\xff\xff\0"s).bytes;
  EXPECT_EQ(described(good, kClient).substr(0, 2), "2 ");
  for (std::size_t at : {0, 4, 28, 33, 236, 239}) {
    std::string other = good;
    other[at] = static_cast<char>(other[at] ^ 0x40);
    EXPECT_EQ(described(other, kClient), kNone) << at;
  }
  for (std::size_t size = 0; size < 243; ++size)
    EXPECT_EQ(described(good.substr(0, size), kClient), kNone) << size;
  for (std::size_t size = 244; size < good.size(); ++size)
    EXPECT_EQ(described(good.substr(0, size), kClient), kNone) << size;
  EXPECT_EQ(described(DhcpAnswer(kClient, "\x35\x01\x02\x01\xff"s).bytes, kClient), kNone);
  EXPECT_EQ(described(DhcpAnswer(kClient, "\x35\x01\x09"s).bytes, kClient), kNone);
}

TEST(CommandLine, AsksForAnAddressWhereItIsTold) {
  for (const char* line : {"faasc.ip=dhcp", "quiet ip=dhcp ro"}) {
    struct options options;
    char complaint[64];
    parse_command_line(line, &options, complaint, sizeof complaint);
    EXPECT_TRUE(options.dhcp && options.has_network) << line;
    EXPECT_STREQ(complaint, "");
    add_options("faasc.ip=10.1.0.2/16", &options, complaint, sizeof complaint);
    EXPECT_FALSE(options.dhcp) << "what is said later counts";
  }
}

}  // namespace
