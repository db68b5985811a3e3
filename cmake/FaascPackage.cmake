# The Debian package: `cpack --config build/<preset>/CPackConfig.cmake`, or the target `package`.

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME faasc)
set(CPACK_PACKAGE_VENDOR faasc)
set(CPACK_PACKAGE_CONTACT "The faasc authors <maintainers@faasc.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "compiler from functions to bootable unikernels")
set(CPACK_PACKAGE_DESCRIPTION "A function in C++, Python or Go and a short faas.yaml become a virtual machine
that boots in milliseconds and runs nothing else: the Nanos unikernel, or the
distribution's Linux with an init of faasc's own.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# What faasc-cxx hands its compilations to: the C++ headers and libraries of the guest, and the linker.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libclang-common-19-dev, lld-19, g++")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "qemu-system-x86, python3")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "bubblewrap, golang-go, python3-pip, ovmf, cmake")
include(CPack)
